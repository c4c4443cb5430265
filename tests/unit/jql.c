/* jql: minutes in the account's zone, room for its clock changes, months. */
#include "net/jql.h"

#include <stdio.h>
#include <string.h>

#include "base/times.h"

static int failures;

#define CHECK(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #truth);     \
			failures++;                                            \
		}                                                              \
	} while (0)

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	CHECK(times_parse(text, strlen(text), &ms));
	return ms;
}

static void
minutes_are_local_and_rounded_down(void)
{
	static const struct {
		const char *zone, *time, *minute;
	} cases[] = {
		{ "UTC", "2026-11-24T06:08:59.999Z", "2026-11-24 06:08" },
		{ "America/New_York", "2026-11-24T03:00:00Z",
		  "2026-11-23 22:00" },
		{ "Asia/Kolkata", "2026-11-24T18:29:30Z", "2026-11-24 23:59" },
		{ "Asia/Kolkata", "2026-12-31T18:30:00Z", "2027-01-01 00:00" },
		{ "Europe/Berlin", "2026-07-01T10:00:00Z", "2026-07-01 12:00" },
		{ "Pacific/Chatham", "2026-07-01T10:00:00Z",
		  "2026-07-01 22:45" },
	};
	char out[JQL_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		jql_minute(cases[i].zone, at(cases[i].time), out);
		CHECK(strcmp(out, cases[i].minute) == 0);
	}
}

/*
 * In Berlin 2026-10-25 02:30 comes twice, at 00:30Z and 01:30Z.  A server may
 * take it for either: the bound must be 00:30Z or earlier by both readings.
 */
static void
an_ambiguous_hour_is_gone_round(void)
{
	char out[JQL_SIZE];

	jql_since("Europe/Berlin", at("2026-10-25T00:30:00Z"), out);
	CHECK(strcmp(out, "2026-10-25 01:30") == 0);
	jql_since("Europe/Berlin", at("2026-10-25T01:30:00Z"), out);
	CHECK(strcmp(out, "2026-10-25 02:30") == 0);
	/* And in spring, where 02:30 does not exist. */
	jql_since("Europe/Berlin", at("2026-03-29T01:10:00Z"), out);
	CHECK(strcmp(out, "2026-03-29 01:10") == 0);
	/* Far from both nothing is taken off. */
	jql_since("Europe/Berlin", at("2026-11-24T06:08:30Z"), out);
	CHECK(strcmp(out, "2026-11-24 07:08") == 0);
	/* Lord Howe moves by half an hour; an hour is taken off. */
	jql_since("Australia/Lord_Howe", at("2026-04-04T15:10:00Z"), out);
	CHECK(strcmp(out, "2026-04-05 01:10") == 0);
}

static void
queries_name_what_bounds_them(void)
{
	struct jql jql = { .project = "PAY", .zone = "UTC" };
	char out[JQL_LONGEST];

	jql_issues(&jql, out);
	CHECK(strcmp(out, "project = \"PAY\" ORDER BY key ASC") == 0);
	jql.since = at("2026-01-02T03:04:05Z");
	jql.until = at("2026-02-02T03:04:05Z");
	jql.created_from = at("2025-12-01T00:00:00Z");
	jql.created_to = at("2026-01-01T00:00:00Z");
	jql.after = "PAY-7";
	jql_issues(&jql, out);
	CHECK(strcmp(out, "project = \"PAY\" AND updated >= \"2026-01-02 "
			  "03:04\" AND updated < \"2026-02-02 03:04\" AND "
			  "created >= \"2025-12-01 00:00\" AND created < "
			  "\"2026-01-01 00:00\" AND key > \"PAY-7\" ORDER BY "
			  "key ASC") == 0);
}

static void
months_are_counted_over_years(void)
{
	CHECK(jql_month(at("2026-11-24T06:08:00Z"), 0) ==
	      at("2026-11-01T00:00:00Z"));
	CHECK(jql_month(at("2026-11-24T06:08:00Z"), 2) ==
	      at("2027-01-01T00:00:00Z"));
	CHECK(jql_month(at("2027-01-01T00:00:00Z"), 12) ==
	      at("2028-01-01T00:00:00Z"));
}

int
main(void)
{
	minutes_are_local_and_rounded_down();
	an_ambiguous_hour_is_gone_round();
	queries_name_what_bounds_them();
	months_are_counted_over_years();
	return failures > 0;
}
