/* envelope: the lines of a fetcher, byte for byte. */
#include "net/envelope.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void
is(const struct envelope *e, const char *line)
{
	if (strlen(line) == e->line.len &&
	    memcmp(e->line.text, line, e->line.len) == 0)
		return;
	printf("%s  instead of\n%s", e->line.text, line);
	failures++;
}

static const int64_t at = 1795500000123; /* 2026-11-24T06:00:00.123Z */

/* Data goes in as it came: numbers, escapes, order, doubled blanks. */
static void
records_carry_data_byte_for_byte(struct envelope *e)
{
	static const char data[] =
		"{\"n\":1.10,\r\n  \"big\":90071992547409931,"
		"\"t\":\"a\\nb\\u00e9\",\"z\":[ ]}";
	static const char time[] = "2026-11-01T18:00:00.5+0800";
	const struct json_span updated = { .at = time,
					   .len = sizeof(time) - 1,
					   .type = JSON_STRING };
	const struct json_span number = { .at = "1795500000123",
					  .len = 13,
					  .type = JSON_NUMBER };
	const struct json_span rubbish = { .at = "soon",
					   .len = 4,
					   .type = JSON_STRING };
	struct source_record record = { .type = "jira_issue",
					.scope = "A \"B\"",
					.key = "7",
					.updated_at = &updated,
					.ext = "{\"story_points\":5}",
					.bytes = data,
					.len = sizeof(data) - 1 };

	envelope_record(e, &record, at);
	is(e, "{\"type\":\"jira_issue\",\"client\":2,\"source\":\"jira\","
	      "\"scope\":\"A \\\"B\\\"\",\"key\":\"7\",\"updated_at\":"
	      "\"2026-11-01T10:00:00.500Z\",\"fetched_at\":"
	      "\"2026-11-24T06:00:00.123Z\",\"ext\":{\"story_points\":5},"
	      "\"data\":{\"n\":1.10,    \"big\":90071992547409931,"
	      "\"t\":\"a\\nb\\u00e9\",\"z\":[ ]}}\n");
	record = (struct source_record){ .type = "jira_change",
					 .scope = "A",
					 .key = "7/8",
					 .updated_at = &number,
					 .bytes = "{}",
					 .len = 2 };
	envelope_record(e, &record, at);
	is(e, "{\"type\":\"jira_change\",\"client\":2,\"source\":\"jira\","
	      "\"scope\":\"A\",\"key\":\"7/8\",\"updated_at\":"
	      "\"2026-11-24T06:00:00.123Z\",\"fetched_at\":"
	      "\"2026-11-24T06:00:00.123Z\",\"data\":{}}\n");
	record.updated_at = &rubbish;
	envelope_record(e, &record, at);
	is(e, "{\"type\":\"jira_change\",\"client\":2,\"source\":\"jira\","
	      "\"scope\":\"A\",\"key\":\"7/8\",\"fetched_at\":"
	      "\"2026-11-24T06:00:00.123Z\",\"data\":{}}\n");
}

static void
checkpoints_carry_both_cursors(struct envelope *e)
{
	struct envelope_step step = { .scope = "A",
				      .cursor = "{\"x\": 2}",
				      .cursor_len = 8 };

	envelope_checkpoint(e, &step, at);
	is(e, "{\"type\":\"checkpoint\",\"client\":2,\"job\":\"jira_job\","
	      "\"scope\":\"A\",\"at\":\"2026-11-24T06:00:00.123Z\","
	      "\"from\":null,\"data\":{\"x\": 2}}\n");
	step.from = "{ \"x\":1.0 }";
	step.from_len = strlen(step.from);
	envelope_checkpoint(e, &step, at);
	is(e, "{\"type\":\"checkpoint\",\"client\":2,\"job\":\"jira_job\","
	      "\"scope\":\"A\",\"at\":\"2026-11-24T06:00:00.123Z\","
	      "\"from\":{ \"x\":1.0 },\"data\":{\"x\": 2}}\n");
}

static void
keys_and_items_are_named(struct envelope *e)
{
	static const char *const keys[] = { "1", "2" };
	const struct source_item item = { "A", "jira_change", "7" };

	envelope_keys(e,
		      &(struct source_keys){ .of = "jira_issue",
					     .scope = "A",
					     .keys = keys,
					     .count = 2 },
		      at);
	is(e, "{\"type\":\"keys\",\"of\":\"jira_issue\",\"client\":2,"
	      "\"source\":\"jira\",\"scope\":\"A\",\"parent\":null,\"at\":"
	      "\"2026-11-24T06:00:00.123Z\",\"keys\":[\"1\",\"2\"]}\n");
	envelope_keys(
		e,
		&(struct source_keys){ .of = "t", .scope = "A", .parent = "9" },
		at);
	is(e, "{\"type\":\"keys\",\"of\":\"t\",\"client\":2,"
	      "\"source\":\"jira\",\"scope\":\"A\",\"parent\":\"9\",\"at\":"
	      "\"2026-11-24T06:00:00.123Z\",\"keys\":[]}\n");
	envelope_resolved(e, &item, at);
	is(e, "{\"type\":\"resolved\",\"client\":2,\"job\":\"jira_job\","
	      "\"scope\":\"A\",\"entity\":\"jira_change\",\"key\":\"7\","
	      "\"at\":\"2026-11-24T06:00:00.123Z\"}\n");
}

static void
failures_say_what_and_when_again(struct envelope *e)
{
	struct source_failure failure = { .scope = "A",
					  .class = OUTCOME_API_RATE_LIMIT,
					  .http = 429,
					  .reason = "slow \"down\"",
					  .not_before = at + 1000 };

	envelope_failure(e, &failure, at);
	is(e, "{\"type\":\"failure\",\"client\":2,\"job\":\"jira_job\","
	      "\"scope\":\"A\",\"entity\":null,\"key\":null,\"class\":"
	      "\"api_rate_limit\",\"http\":429,\"reason\":\"slow "
	      "\\\"down\\\"\",\"at\":\"2026-11-24T06:00:00.123Z\","
	      "\"not_before\":\"2026-11-24T06:00:01.123Z\"}\n");
	failure = (struct source_failure){ .scope = "A",
					   .entity = "jira_issue",
					   .key = "7",
					   .class = OUTCOME_DATA_FORMAT,
					   .reason = "cut" };
	envelope_failure(e, &failure, at);
	is(e, "{\"type\":\"failure\",\"client\":2,\"job\":\"jira_job\","
	      "\"scope\":\"A\",\"entity\":\"jira_issue\",\"key\":\"7\","
	      "\"class\":\"data_format\",\"http\":null,\"reason\":\"cut\","
	      "\"at\":\"2026-11-24T06:00:00.123Z\",\"not_before\":null}\n");
}

int
main(void)
{
	struct envelope e = { .client = 2,
			      .source = "jira",
			      .job = "jira_job" };

	records_carry_data_byte_for_byte(&e);
	checkpoints_carry_both_cursors(&e);
	keys_and_items_are_named(&e);
	failures_say_what_and_when_again(&e);
	jsonw_free(&e.line);
	return failures > 0;
}
