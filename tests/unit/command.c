/* command: what is one, what is none, and back again. */
#include "jobs/command.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "\"id\":\"k1\",\"by\":\"ann\",\"at\":\"2026-11-24T06:00:00Z\","

static const char *
refusal(const char *json)
{
	struct command command;
	const char *why = NULL;

	return command_read(json, strlen(json), &command, &why) == 0 ? "" : why;
}

static int
comes_back_as_written(void)
{
	struct command in = { .id = "k1",
			      .verb = COMMAND_START,
			      .job = "github_job",
			      .client = 3,
			      .force = true,
			      .replace = true,
			      .by = "ann \"the\" \xc3\xa9",
			      .role = COMMAND_ADMIN,
			      .at = 1795500000123,
			      .expires = 1795500060123,
			      .if_epoch = 7,
			      .note = "line\nbreak" };
	struct jsonw w = { 0 };
	struct command out;
	const char *why;

	command_write(&w, &in);
	CHECK(memchr(w.text, '\n', w.len) == NULL);
	CHECK(command_read(w.text, w.len, &out, &why) == 0);
	CHECK(memcmp(&in, &out, sizeof(in)) == 0);
	jsonw_free(&w);
	return 0;
}

static int
every_verb_has_its_own_keys(void)
{
	static const struct {
		const char *json, *why;
	} cases[] = {
		{ "{" HEAD "\"cmd\":\"stop\",\"role\":\"admin\",\"job\":\"a\"}",
		  "" },
		{ "{" HEAD "\"cmd\":\"stop\",\"role\":\"admin\"}",
		  "job is missing" },
		{ "{" HEAD "\"cmd\":\"stop\",\"role\":\"admin\",\"job\":null}",
		  "job is missing" },
		{ "{" HEAD "\"cmd\":\"pause\",\"role\":\"admin\",\"job\":\"a\","
		  "\"force\":true}",
		  "a key that does not go with this command" },
		{ "{" HEAD "\"cmd\":\"start\",\"role\":\"admin\",\"job\":\"a\","
		  "\"replace\":true}",
		  "replace goes with force" },
		{ "{" HEAD "\"cmd\":\"reload\",\"role\":\"operator\"}", "" },
		{ "{" HEAD "\"cmd\":\"prune\",\"role\":\"admin\"}",
		  "before is missing" },
		{ "{" HEAD "\"cmd\":\"prune\",\"role\":\"admin\","
		  "\"before\":\"yesterday\"}",
		  "before is no time" },
		{ "{" HEAD "\"cmd\":\"breaker\",\"role\":\"admin\","
		  "\"integration\":\"jira\",\"to\":\"open\",\"client\":1}",
		  "" },
		{ "{" HEAD "\"cmd\":\"breaker\",\"role\":\"admin\","
		  "\"integration\":\"jira\",\"to\":\"ajar\"}",
		  "to is not open, closed or auto" },
		{ "{" HEAD "\"cmd\":\"orchestrator-stop\",\"drain\":true,"
		  "\"role\":\"admin\"}",
		  "" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(refusal(cases[i].json), cases[i].why) != 0)
			printf("%s: %s\n", cases[i].json,
			       refusal(cases[i].json));
		CHECK(strcmp(refusal(cases[i].json), cases[i].why) == 0);
	}
	return 0;
}

static int
what_is_no_command_is_refused(void)
{
	static const char *const none[] = {
		"",
		"null",
		"[]",
		"{",
		"{}",
		"{\"id\":\"k1\"}",
		"{" HEAD "\"cmd\":\"explode\",\"role\":\"admin\"}",
		"{" HEAD "\"cmd\":\"reload\",\"role\":\"king\"}",
		"{" HEAD "\"cmd\":\"reload\",\"role\":1}",
		"{" HEAD "\"cmd\":\"reload\",\"role\":\"admin\",\"x\":1}",
		"{" HEAD "\"cmd\":\"reload\",\"role\":\"admin\","
		"\"role\":\"admin\"}",
		"{" HEAD
		"\"cmd\":\"stop\",\"role\":\"admin\",\"job\":\"../x\"}",
		"{" HEAD "\"cmd\":\"stop\",\"role\":\"admin\",\"job\":\"a\","
		"\"client\":-1}",
		"{" HEAD "\"cmd\":\"stop\",\"role\":\"admin\",\"job\":\"a\","
		"\"force\":\"yes\"}",
		"{" HEAD "\"cmd\":\"reload\",\"role\":\"admin\","
		"\"note\":\"\\u0000\"}",
		"{\"id\":\"../k\",\"by\":\"a\",\"at\":\"2026-11-24T06:00:00Z\","
		"\"cmd\":\"reload\",\"role\":\"admin\"}",
		"{" HEAD "\"cmd\":\"reload\",\"role\":\"admin\"} {}",
	};
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK(*refusal(none[i]) != '\0');
	return 0;
}

static int
bounds_hold(void)
{
	enum { BIG = COMMAND_SIZE + 10 };
	struct command command;
	struct jsonw w = { 0 };
	const char *why;
	char *text = malloc(BIG);

	CHECK(text != NULL);
	memset(text, 'x', BIG);
	CHECK(command_read(text, BIG, &command, &why) != 0);
	text[COMMAND_TEXT] = '\0';
	jsonw_open(&w, '{');
	jsonw_key(&w, "by");
	jsonw_string(&w, text);
	jsonw_close(&w, '}');
	CHECK(command_read(w.text, w.len, &command, &why) != 0);
	CHECK(strncmp(why, "by is", 5) == 0);
	jsonw_free(&w);
	free(text);
	return 0;
}

static int
ids_are_good_and_differ(void)
{
	char a[COMMAND_ID], b[COMMAND_ID], big[COMMAND_ID + 1];

	command_make_id(a);
	command_make_id(b);
	CHECK(command_id_is_good(a) && command_id_is_good(b));
	CHECK(strcmp(a, b) != 0);
	CHECK(a[8] == 'T' && a[15] == '.' && a[22] == 'Z' && a[23] == '-');
	memset(big, 'a', COMMAND_ID);
	big[COMMAND_ID] = '\0';
	CHECK(!command_id_is_good(big));
	big[COMMAND_ID - 1] = '\0';
	CHECK(command_id_is_good(big));
	CHECK(!command_id_is_good("") && !command_id_is_good(".a"));
	CHECK(!command_id_is_good("a/b") && !command_id_is_good("a\nb"));
	CHECK(!command_id_is_good("a.withdrawn") &&
	      !command_id_is_good("a.bad"));
	return 0;
}

static int
roles_are_asked(void)
{
	struct command c = { .verb = COMMAND_START };

	CHECK(command_role(&c) == COMMAND_OPERATOR);
	c.force = true;
	CHECK(command_role(&c) == COMMAND_ADMIN);
	c.force = false;
	c.verb = COMMAND_RESET;
	CHECK(command_role(&c) == COMMAND_ADMIN);
	c.verb = COMMAND_ORCHESTRATOR_START;
	CHECK(command_role(&c) == COMMAND_ADMIN);
	c.verb = COMMAND_RELOAD;
	CHECK(command_role(&c) == COMMAND_OPERATOR);
	CHECK(command_by_name("put-back") == COMMAND_PUT_BACK);
	CHECK(command_by_name("put_back") == -1);
	return 0;
}

static int
answers_come_back(void)
{
	struct command_answer in = { .id = "k1",
				     .status = 409,
				     .state = "RUNNING",
				     .want = "run",
				     .reason = "due",
				     .run = "1.github_job.17",
				     .epoch = 5,
				     .seq = 88,
				     .gen = "abc",
				     .message = "it runs; \"stop\" it" };
	struct command_answer out;
	struct jsonw w = { 0 };

	command_answer_write(&w, &in);
	CHECK(command_answer_read(w.text, w.len, &out) == 0);
	CHECK(memcmp(&in, &out, sizeof(in)) == 0);
	CHECK(command_answer_read("{\"id\":\"k\"}", 10, &out) != 0);
	CHECK(command_answer_read(w.text, w.len - 1, &out) != 0);
	CHECK(command_answer_read("[]", 2, &out) != 0);
	jsonw_free(&w);
	return 0;
}

int
main(void)
{
	return comes_back_as_written() || every_verb_has_its_own_keys() ||
	       what_is_no_command_is_refused() || bounds_hold() ||
	       ids_are_good_and_differ() || roles_are_asked() ||
	       answers_come_back();
}
