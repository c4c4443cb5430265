#include "records/filter.h"

#include <jq.h>
#include <jv.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"

struct filter {
	jq_state *each;	 /* the expression */
	jq_state *first; /* its first output */
	char why[256];
};

/* libjq reads the environment when it compiles ($ENV, HOME) and when it runs
 * (TZ); it sees none. */
static char **
hide_environment(void)
{
	static char *const nothing[] = { NULL };
	char **hidden = environ;

	environ = (char **)nothing;
	return hidden;
}

static void
out_of_memory(void *arg)
{
	(void)arg;
	msg_die(EX_OSERR, "cannot go on: out of memory in a jq expression");
}

/* A jq message without its "jq: error: " and what it says of the program's
 * place, which is not where the user wrote it. */
static void
note(struct filter *filter, const char *text)
{
	static const char prefix[] = "jq: error: ";
	static const char *const tails[] = { " (Unix shell", " at <top", "\n" };
	size_t len, i;

	if (strncmp(text, prefix, sizeof(prefix) - 1) == 0)
		text += sizeof(prefix) - 1;
	len = strlen(text);
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		const char *tail = strstr(text, tails[i]);

		if (tail != NULL && (size_t)(tail - text) < len)
			len = (size_t)(tail - text);
	}
	if (len >= sizeof(filter->why))
		len = sizeof(filter->why) - 1;
	memcpy(filter->why, text, len);
	filter->why[len] = '\0';
}

/* Only the first message of a compilation is kept: the rest is counts. */
static void
note_error(void *arg, jv message)
{
	struct filter *filter = arg;

	if (filter->why[0] == '\0' && jv_get_kind(message) == JV_KIND_STRING)
		note(filter, jv_string_value(message));
	jv_free(message);
}

/* jq_init of libjq 1.6 leaves its pointer to this to chance. */
static jv
no_more_input(jq_state *jq, void *arg)
{
	(void)jq;
	(void)arg;
	return jv_invalid();
}

/* Words that would speak to the host or stop the machine, made harmless. */
static const char prelude[] = "def debug: .; def stderr: .; "
			      "def modulemeta: null; def halt: empty; "
			      "def halt_error: error(.); "
			      "def halt_error(code): error(.); ";

/* In brackets `import` and `include` are syntax errors; a comment ends with
 * its line. */
static bool
compile(jq_state *jq, const char *first, const char *expression)
{
	size_t size = sizeof(prelude) + strlen(first) + strlen(expression) + 8;
	char *program = msg_calloc(size, 1);
	bool compiled;

	snprintf(program, size, "%s%s((%s\n))", prelude, first, expression);
	compiled = jq_compile(jq, program) != 0;
	free(program);
	return compiled;
}

static jq_state *
machine(struct filter *filter)
{
	jq_state *jq = jq_init();

	if (jq == NULL)
		out_of_memory(NULL);
	jq_set_nomem_handler(jq, out_of_memory, NULL);
	jq_set_error_cb(jq, note_error, filter);
	jq_set_input_cb(jq, no_more_input, NULL);
	jq_set_debug_cb(jq, NULL, NULL);
	return jq;
}

/* Two programs of one expression: libjq 1.6 cannot start again in the middle
 * of `path(..)`, so that a test, which wants one output, asks for first(). */
struct filter *
filter_compile(const char *expression, char **why)
{
	struct filter *filter = msg_calloc(1, sizeof(*filter));
	char **environment = hide_environment();
	bool compiled;

	filter->each = machine(filter);
	filter->first = machine(filter);
	compiled = compile(filter->each, "", expression) &&
		   compile(filter->first, "first", expression);
	environ = environment;
	if (compiled)
		return filter;
	*why = msg_strdup(filter->why);
	filter_free(filter);
	return NULL;
}

void
filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	jq_teardown(&filter->each);
	jq_teardown(&filter->first);
	free(filter);
}

/* Says what stopped a program, which consumes it; 0 when it only ended. */
static int
ending(struct filter *filter, jv last)
{
	jv message = jv_invalid_get_msg(last);
	int failed = jv_get_kind(message) != JV_KIND_NULL ? -1 : 0;

	if (failed && jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	if (failed)
		note(filter, jv_string_value(message));
	jv_free(message);
	return failed;
}

static int
start(struct filter *filter, jq_state *jq, const char *json, size_t len)
{
	jv input;

	if (len > INT_MAX) {
		note(filter, "too long for a jq expression");
		return -1;
	}
	input = jv_parse_sized(json, (int)len);
	if (!jv_is_valid(input))
		return ending(filter, input);
	jq_start(jq, input, 0);
	return 0;
}

int
filter_test(struct filter *filter, const char *json, size_t len,
	    const char **why)
{
	char **environment = hide_environment();
	int answer = start(filter, filter->first, json, len);
	jv output;

	*why = filter->why;
	if (answer == 0) {
		while (jv_is_valid(output = jq_next(filter->first))) {
			jv_kind kind = jv_get_kind(output);

			answer = kind != JV_KIND_NULL && kind != JV_KIND_FALSE;
			jv_free(output);
		}
		if (ending(filter, output) != 0)
			answer = -1;
	}
	environ = environment;
	return answer;
}

int
filter_each(struct filter *filter, const char *json, size_t len,
	    const struct filter_sink *sink, const char **why)
{
	char **environment = hide_environment();
	int failed = start(filter, filter->each, json, len);
	jv output;

	*why = filter->why;
	if (failed == 0) {
		while (jv_is_valid(output = jq_next(filter->each))) {
			if (!sink->raw || jv_get_kind(output) != JV_KIND_STRING)
				output = jv_dump_string(output, 0);
			sink->emit(sink->arg, jv_string_value(output),
				   (size_t)jv_string_length_bytes(
					   jv_copy(output)));
			jv_free(output);
		}
		failed = ending(filter, output);
	}
	environ = environment;
	return failed;
}
