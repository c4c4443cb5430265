#include "net/jql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/times.h"
#include "base/zones.h"

static const int64_t hour = 3600000;

static int64_t
offset(const char *zone, int64_t ms)
{
	return zones_offset(zone, ms / 1000) * 1000;
}

void
jql_minute(const char *zone, int64_t ms, char out[JQL_SIZE])
{
	char text[TIMES_SIZE];

	times_format_seconds(ms + offset(zone, ms), text);
	snprintf(out, JQL_SIZE, "%.10s %.5s", text, text + 11);
}

void
jql_since(const char *zone, int64_t ms, char out[JQL_SIZE])
{
	int64_t change =
		offset(zone, ms + 3 * hour) - offset(zone, ms - 3 * hour);

	if (change < 0)
		change = -change;
	if (change > 0 && change < hour)
		change = hour;
	jql_minute(zone, ms - change, out);
}

struct text {
	char *at;
	size_t left;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text->at, text->left, format, args);
	va_end(args);

	if (len > 0 && (size_t)len < text->left) {
		text->at += len;
		text->left -= (size_t)len;
	}
}

void
jql_issues(const struct jql *jql, char out[JQL_LONGEST])
{
	struct text text = { out, JQL_LONGEST };
	char minute[JQL_SIZE];

	add(&text, "project = \"%s\"", jql->project);
	if (jql->since != 0) {
		jql_since(jql->zone, jql->since, minute);
		add(&text, " AND updated >= \"%s\"", minute);
	}
	if (jql->until != 0) {
		jql_minute(jql->zone, jql->until, minute);
		add(&text, " AND updated < \"%s\"", minute);
	}
	if (jql->created_from != 0) {
		jql_minute(jql->zone, jql->created_from, minute);
		add(&text, " AND created >= \"%s\"", minute);
	}
	if (jql->created_to != 0) {
		jql_minute(jql->zone, jql->created_to, minute);
		add(&text, " AND created < \"%s\"", minute);
	}
	if (jql->after != NULL && *jql->after != '\0')
		add(&text, " AND key > \"%s\"", jql->after);
	add(&text, " ORDER BY key ASC");
}

int64_t
jql_month(int64_t ms, int64_t months)
{
	char text[TIMES_SIZE];
	int year, month;
	int64_t count;

	times_format_seconds(ms, text);
	if (sscanf(text, "%4d-%2d", &year, &month) != 2)
		return ms;
	count = (int64_t)year * 12 + month - 1 + months;
	return times_days((int)(count / 12), (int)(count % 12) + 1, 1) *
	       86400000;
}
