/* times: the forms of both APIs, every day of 400 years against a calendar
 * counted by hand, durations. */
#include <stdio.h>
#include <string.h>

#include "base/times.h"
#include "check.h"

/* The numbers are from `date -u -d TEXT +%s%3N`. */
static const struct {
	const char *text;
	int64_t ms;
} good[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2026-11-01T10:00:00Z", 1793527200000 },
	{ "2026-11-01t10:00:00z", 1793527200000 },
	{ "2026-11-01 10:00:00Z", 1793527200000 },
	{ "2026-11-01T10:00:00.5Z", 1793527200500 },
	{ "2026-11-01T10:00:00.123456789Z", 1793527200123 },
	{ "2026-11-01T10:00:00,25Z", 1793527200250 },
	{ "2020-06-12T08:13:13.360+0800", 1591920793360 },
	{ "2020-06-12T08:13:13.360+08:00", 1591920793360 },
	{ "2020-06-12T08:13:13-0330", 1591962193000 },
	{ "2000-02-29T23:59:59Z", 951868799000 },
	{ "2016-12-31T23:59:60Z", 1483228800000 },
	{ "1969-12-31T23:59:59.999Z", -1 },
	{ "0000-01-01T00:00:00Z", -62167219200000 },
	{ "9999-12-31T23:59:59.999Z", 253402300799999 },
	{ "2038-01-19T03:14:08Z", 2147483648000 },
};

static const char *const bad[] = {
	"",
	"2026-11-01",
	"2026-11-01T10:00:00",
	"2026-11-01T10:00Z",
	"2026-13-01T10:00:00Z",
	"2026-00-01T10:00:00Z",
	"2026-11-31T10:00:00Z",
	"2026-11-00T10:00:00Z",
	"2026-02-29T10:00:00Z",
	"1900-02-29T00:00:00Z",
	"2026-11-01T24:00:00Z",
	"2026-11-01T10:60:00Z",
	"2026-11-01T10:00:61Z",
	"2026-11-01T10:00:00.Z",
	"2026-11-01T10:00:00Zx",
	"2026-11-01T10:00:00+24:00",
	"2026-11-01T10:00:00+08",
	"2026-11-01T10:00:00+08:60",
	"26-11-01T10:00:00Z",
	"2026/11/01T10:00:00Z",
	" 2026-11-01T10:00:00Z",
	"+2026-11-01T10:00:00Z",
	"2026-11-01T1a:00:00Z",
	"2026-1-01T10:00:00Z",
};

static int
test_parse(void)
{
	char text[TIMES_SIZE];
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ms = -7;
		if (!times_parse(good[i].text, strlen(good[i].text), &ms) ||
		    ms != good[i].ms) {
			printf("%s: %lld\n", good[i].text, (long long)ms);
			return 1;
		}
		times_format(ms, text);
		CHECK(times_parse(text, strlen(text), &ms));
		CHECK(ms == good[i].ms);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (times_parse(bad[i], strlen(bad[i]), &ms)) {
			printf("taken: %s\n", bad[i]);
			return 1;
		}
	CHECK(!times_parse("2026-11-01T10:00:00\0Z", 21, &ms));
	return 0;
}

/* Counts the days of a calendar one by one. */
static int
test_days(void)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31 };
	int64_t day = 0, ms;
	int year, month, d;
	char text[TIMES_SIZE], expected[40];

	for (year = 1970; year < 2370; year++)
		for (month = 1; month <= 12; month++) {
			bool leap = (year % 4 == 0 && year % 100 != 0) ||
				    year % 400 == 0;
			int days = length[month - 1] + (month == 2 && leap);

			for (d = 1; d <= days; d++, day++) {
				CHECK(times_days(year, month, d) == day);
				times_format_seconds(day * 86400000, text);
				snprintf(expected, sizeof(expected),
					 "%04d-%02d-%02dT00:00:00Z", year,
					 month, d);
				CHECK(strcmp(text, expected) == 0);
				CHECK(times_parse_date(text, 10, &ms));
				CHECK(ms == day * 86400000);
			}
		}
	CHECK(!times_parse_date("2026-11-01T", 11, &ms));
	CHECK(!times_parse_date("2026-11-1", 9, &ms));
	return 0;
}

static int
test_format(void)
{
	char text[TIMES_SIZE];

	times_format(INT64_MIN, text);
	CHECK(strcmp(text, "0000-01-01T00:00:00.000Z") == 0);
	times_format(INT64_MAX, text);
	CHECK(strcmp(text, "9999-12-31T23:59:59.999Z") == 0);
	times_format(-1, text);
	CHECK(strcmp(text, "1969-12-31T23:59:59.999Z") == 0);
	return 0;
}

static int
test_durations(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} durations[] = {
		{ "90s", 90000 },
		{ "4h", 14400000 },
		{ "4_hours", 14400000 },
		{ "30_minutes", 1800000 },
		{ "1 day", 86400000 },
		{ "250ms", 250 },
		{ "1h30m", 5400000 },
		{ "2w", 1209600000 },
		{ "1 year", 31536000000 },
		{ "3 months", 7776000000 },
		{ "0s", 0 },
	};
	static const char *const none[] = {
		"",
		"5",
		"h",
		"-4h",
		"4x",
		"4 h 30 m x",
		"1.5h",
		"4__h",
		"99999999999h",
		" 4h",
		"1000000000y1000000000y",
	};
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
		CHECK(times_duration(durations[i].text, &ms) &&
		      ms == durations[i].ms);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (times_duration(none[i], &ms)) {
			printf("taken: '%s'\n", none[i]);
			return 1;
		}
	CHECK(times_parse_point("90d", 8640000000, &ms) &&
	      ms == 8640000000 - 7776000000);
	CHECK(times_parse_point("2026-11-01", 0, &ms) && ms == 1793491200000);
	CHECK(times_parse_point("2026-11-01T10:00:00Z", 0, &ms) &&
	      ms == 1793527200000);
	CHECK(!times_parse_point("yesterday", 0, &ms));
	return 0;
}

int
main(void)
{
	return test_parse() || test_days() || test_format() || test_durations();
}
