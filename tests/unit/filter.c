/* filter: answers, outputs, and that a program sees nothing of its host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "records/filter.h"

static const char record[] = "{\"a\":1,\"b\":\"x\",\"c\":[1,2]}";

struct result {
	char text[512];
	size_t len;
};

static void
collect(void *arg, const char *text, size_t len)
{
	struct result *r = arg;

	if (r->len + len + 1 < sizeof(r->text)) {
		memcpy(r->text + r->len, text, len);
		r->len += len;
		r->text[r->len++] = '|';
		r->text[r->len] = '\0';
	}
}

/* 9 when it does not compile. */
static int
answer(const char *expression)
{
	const char *why;
	char *no;
	struct filter *filter = filter_compile(expression, &no);
	int truth = 9;

	if (filter == NULL) {
		free(no);
		return truth;
	}
	truth = filter_test(filter, record, strlen(record), &why);
	/* A filter is used again and again. */
	if (filter_test(filter, record, strlen(record), &why) != truth)
		truth = 8;
	filter_free(filter);
	return truth;
}

static int
test_answers(void)
{
	static const struct {
		const char *expression;
		int truth;
	} cases[] = {
		{ ".a == 1", 1 },
		{ ".a == 2", 0 },
		{ ".missing", 0 },
		{ "0", 1 },
		{ "\"\"", 1 },
		{ "empty", 0 },
		{ "null, true", 0 },
		{ "true, null", 1 },
		{ ".a # a comment", 1 },
		{ "def f: .b; f == \"x\"", 1 },
		{ ".a | .[0]", -1 },
		{ "error(\"no\")", -1 },
		{ "error({a:1})", -1 },
		{ ".b | test(\"^x$\")", 1 },
		{ "[.c[] | select(. > 1)] | length == 1", 1 },
		{ ".a ==", 9 },
		{ "nobody", 9 },
		{ "", 9 },
		{ ")", 9 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (answer(cases[i].expression) != cases[i].truth) {
			printf("%s: %d\n", cases[i].expression,
			       answer(cases[i].expression));
			return 1;
		}
	return 0;
}

/* What runs must not learn about, or touch, the machine it runs on. */
static int
test_closed(void)
{
	char home[] = "/tmp/filter.XXXXXX", path[64];
	FILE *file;

	CHECK(mkdtemp(home) != NULL);
	snprintf(path, sizeof(path), "%s/.jq", home);
	CHECK((file = fopen(path, "w")) != NULL);
	fprintf(file, "def from_home: 1;\n");
	CHECK(fclose(file) == 0);
	setenv("HOME", home, 1);
	setenv("GITHUB_TOKEN", "canary", 1);
	CHECK(answer("from_home") == 9);
	CHECK(answer("env == {}") == 1);
	CHECK(answer("$ENV == {}") == 1);
	CHECK(answer("env.GITHUB_TOKEN") == 0);
	CHECK(answer("import \"x\" as x; 1") == 9);
	CHECK(answer("include \"x\"; 1") == 9);
	CHECK(answer("[inputs] == []") == 1);
	CHECK(answer("try input catch true") == 1);
	CHECK(answer("input_filename == null") == 1);
	CHECK(answer("debug | .a") == 1);
	CHECK(answer("stderr | .a") == 1);
	CHECK(answer("halt") == 0);
	CHECK(answer("\"bye\" | halt_error") == -1);
	CHECK(answer("path(halt)") == 0);
	CHECK(answer("path(..)") == 1);
	CHECK(answer("\"a\" | modulemeta") == 0);
	CHECK(strcmp(getenv("GITHUB_TOKEN"), "canary") == 0);
	unlink(path);
	rmdir(home);
	return 0;
}

static int
test_outputs(void)
{
	struct result raw = { .len = 0 }, json = { .len = 0 };
	const struct filter_sink to_raw = { true, collect, &raw };
	const struct filter_sink to_json = { false, collect, &json };
	const char *why;
	char *no;
	struct filter *filter = filter_compile(".b, .c, .c[], {z:.b}", &no);

	CHECK(filter != NULL);
	CHECK(filter_each(filter, record, strlen(record), &to_raw, &why) == 0);
	CHECK(strcmp(raw.text, "x|[1,2]|1|2|{\"z\":\"x\"}|") == 0);
	CHECK(filter_each(filter, record, strlen(record), &to_json, &why) == 0);
	CHECK(strcmp(json.text, "\"x\"|[1,2]|1|2|{\"z\":\"x\"}|") == 0);
	CHECK(filter_each(filter, "[1]", 3, &to_json, &why) == -1);
	CHECK(strcmp(why, "Cannot index array with string \"b\"") == 0);
	CHECK(filter_each(filter, "[1", 2, &to_json, &why) == -1);
	filter_free(filter);
	filter_free(NULL);
	CHECK(filter_compile(".a ==", &no) == NULL);
	CHECK(strncmp(no, "syntax error", 12) == 0 && strchr(no, '\n') == NULL);
	free(no);
	return 0;
}

int
main(void)
{
	return test_answers() || test_closed() || test_outputs();
}
