#include "net/answer.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/times.h"
#include "records/json.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

int64_t
answer_date(const char *text)
{
	int day, year, hour, minute, second, end = 0;
	const char *comma = strchr(text, ',');
	const char *found;
	char month[4];

	if (comma == NULL)
		return -1;
	if (sscanf(comma + 1, " %2d %3s %4d %2d:%2d:%2d GMT%n", &day, month,
		   &year, &hour, &minute, &second, &end) != 6 ||
	    end == 0 || strlen(month) != 3)
		return -1;
	found = strstr(months, month);
	if (found == NULL || (found - months) % 3 != 0 || day < 1 || day > 31 ||
	    year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 60)
		return -1;
	return ((times_days(year, (int)(found - months) / 3 + 1, day) * 24 +
		 hour) * 60 +
		minute) *
		       60000 +
	       second * INT64_C(1000);
}

/* Digits only, at most 10^11; else -1. */
static int64_t
whole_number(const char *text)
{
	int64_t number = 0;
	const char *c;

	for (c = text; isdigit((unsigned char)*c) && c - text < 12; c++)
		number = number * 10 + (*c - '0');
	return c == text || *c != '\0' ? -1 : number;
}

int64_t
answer_retry_after(const char *text, int64_t now)
{
	int64_t seconds = whole_number(text);
	int64_t date;

	if (seconds >= 0)
		return seconds * 1000;
	date = answer_date(text);
	if (date < 0)
		return -1;
	return date > now ? date - now : 0;
}

static int64_t
reset_time(const char *text)
{
	int64_t number = whole_number(text), time;
	char full[64];

	if (number >= 0)
		return number * 1000;
	if (times_parse(text, strlen(text), &time))
		return time;
	/* Jira leaves the seconds out: 2026-11-24T06:00Z */
	if (strlen(text) == 17 && text[16] == 'Z') {
		snprintf(full, sizeof(full), "%.16s:00Z", text);
		if (times_parse(full, strlen(full), &time))
			return time;
	}
	return -1;
}

static const char *
either(const struct http_headers *headers, const char *name)
{
	char beta[64];
	const char *value = headers_get(headers, name);

	if (value != NULL)
		return value;
	snprintf(beta, sizeof(beta), "Beta-%s", name);
	return headers_get(headers, beta);
}

static long
count_header(const struct http_headers *headers, const char *name)
{
	const char *text = either(headers, name);

	return text == NULL ? -1 : (long)whole_number(text);
}

/* The first text that the error objects of GitHub and Jira carry. */
static void
copy_message(char *out, size_t size, const char *body)
{
	static const char *const wanted[] = { "message", "errorMessages",
					      "errors" };
	struct json_paths *paths = json_paths(wanted, 3);
	struct json_span spans[3], inner, key;
	struct json_error error;
	char *text = NULL;
	size_t i;

	if (json_scan(paths, body, strlen(body), spans, &error) == 0) {
		for (i = 1; i < 3 && spans[0].type != JSON_STRING; i++) {
			struct json_walk walk = json_walk(&spans[i]);

			if ((spans[i].type == JSON_ARRAY ||
			     spans[i].type == JSON_OBJECT) &&
			    json_next(&walk, &key, &inner))
				spans[0] = inner;
		}
		text = json_text(&spans[0]);
	}
	snprintf(out, size, "%s", text == NULL ? "" : text);
	free(text);
	json_paths_free(paths);
}

static bool
holds(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

static void
read_limits(struct answer *answer, const struct http_headers *headers,
	    const char *message, int64_t now)
{
	const char *date = headers_get(headers, "Date");
	const char *retry = headers_get(headers, "Retry-After");
	const char *reset = either(headers, "X-RateLimit-Reset");
	const char *reason = either(headers, "RateLimit-Reason");
	struct gate_answer *gate = &answer->gate;
	int64_t at;

	if (date != NULL && answer_date(date) >= 0)
		now = answer_date(date);
	gate->status = answer->status;
	gate->retry_after = retry == NULL ? -1 : answer_retry_after(retry, now);
	gate->remaining = count_header(headers, "X-RateLimit-Remaining");
	at = reset == NULL ? -1 : reset_time(reset);
	gate->reset_in = at < 0 ? -1 : at > now ? at - now : 0;
	gate->says_limit =
		holds(message, "rate limit") || holds(message, "abuse");
	gate->burst = reason != NULL && holds(reason, "burst");
	answer->limit = count_header(headers, "X-RateLimit-Limit");
}

void
answer_read(struct answer *answer, long status,
	    const struct http_headers *headers, const char *body, int64_t now)
{
	char message[ANSWER_MESSAGE - 16] = "";

	memset(answer, 0, sizeof(*answer));
	answer->status = status;
	if (status >= 400 && body != NULL)
		copy_message(message, sizeof(message), body);
	snprintf(answer->message, sizeof(answer->message), "HTTP %ld%s%s",
		 status, *message == '\0' ? "" : ": ", message);
	read_limits(answer, headers, message, now);
}

enum outcome_class
answer_class(long status)
{
	static const struct {
		long status;
		enum outcome_class class;
	} classes[] = {
		{ 401, OUTCOME_AUTHENTICATION },
		{ 403, OUTCOME_PERMISSION },
		{ 404, OUTCOME_CONFIGURATION },
		{ 408, OUTCOME_NETWORK_TIMEOUT },
		{ 409, OUTCOME_TEMPORARY_SERVICE_ERROR },
		{ 410, OUTCOME_CONFIGURATION },
		{ 429, OUTCOME_API_RATE_LIMIT },
		{ 451, OUTCOME_PERMISSION },
	};
	size_t i;

	if (status >= 200 && status < 300)
		return OUTCOME_NONE;
	if (status >= 500 && status < 600)
		return OUTCOME_TEMPORARY_SERVICE_ERROR;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (classes[i].status == status)
			return classes[i].class;
	return OUTCOME_DATA_FORMAT;
}
