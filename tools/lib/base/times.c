#include "base/times.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Howard Hinnant's days_from_civil: eras of 400 years, years from March. */
int64_t
times_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
			     year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void
civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

struct cursor {
	const char *at, *end;
};

static bool
digits(struct cursor *c, int count, int *number)
{
	*number = 0;
	if (c->end - c->at < count)
		return false;
	for (; count > 0; count--, c->at++) {
		if (*c->at < '0' || *c->at > '9')
			return false;
		*number = *number * 10 + (*c->at - '0');
	}
	return true;
}

static bool
one_of(struct cursor *c, const char *set)
{
	for (; c->at < c->end && *set != '\0'; set++)
		if (*c->at == *set) {
			c->at++;
			return true;
		}
	return false;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
date(struct cursor *c, int64_t *days)
{
	int year, month, day;

	if (!digits(c, 4, &year) || !one_of(c, "-") || !digits(c, 2, &month) ||
	    !one_of(c, "-") || !digits(c, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	*days = times_days(year, month, day);
	return true;
}

static bool
fraction(struct cursor *c, int *ms)
{
	int scale = 100;
	const char *start;

	*ms = 0;
	if (!one_of(c, ".,"))
		return true;
	for (start = c->at; c->at < c->end && isdigit((unsigned char)*c->at);
	     c->at++, scale /= 10)
		*ms += scale * (*c->at - '0');
	return c->at > start;
}

static bool
offset(struct cursor *c, int *minutes)
{
	int hour, minute, sign;

	*minutes = 0;
	if (one_of(c, "Zz"))
		return true;
	sign = c->at < c->end && *c->at == '-' ? -1 : 1;
	if (!one_of(c, "+-") || !digits(c, 2, &hour))
		return false;
	one_of(c, ":");
	if (!digits(c, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

bool
times_parse(const char *text, size_t len, int64_t *ms)
{
	struct cursor c = { text, text + len };
	int hour, minute, second, millis, zone;
	int64_t days;

	if (!date(&c, &days) || !one_of(&c, "Tt ") || !digits(&c, 2, &hour) ||
	    !one_of(&c, ":") || !digits(&c, 2, &minute) || !one_of(&c, ":") ||
	    !digits(&c, 2, &second) || !fraction(&c, &millis) ||
	    !offset(&c, &zone) || c.at != c.end)
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ms = ((days * 24 + hour) * 60 + minute - zone) * 60000 +
	      (int64_t)second * 1000 + millis;
	return true;
}

bool
times_parse_date(const char *text, size_t len, int64_t *ms)
{
	struct cursor c = { text, text + len };
	int64_t days;

	if (!date(&c, &days) || c.at != c.end)
		return false;
	*ms = days * 86400000;
	return true;
}

bool
times_parse_point(const char *text, int64_t now, int64_t *ms)
{
	size_t len = strlen(text);

	if (times_parse(text, len, ms) || times_parse_date(text, len, ms))
		return true;
	if (!times_duration(text, ms))
		return false;
	*ms = now - *ms;
	return true;
}

static void
format(int64_t ms, bool millis, char out[TIMES_SIZE])
{
	const int64_t first = times_days(0, 1, 1) * 86400000;
	const int64_t last = times_days(10000, 1, 1) * 86400000 - 1;
	int64_t days, rest;
	int year, month, day, len;

	if (ms < first)
		ms = first;
	if (ms > last)
		ms = last;
	days = (ms - (ms < 0 ? 86399999 : 0)) / 86400000;
	rest = ms - days * 86400000;
	civil(days, &year, &month, &day);
	len = snprintf(out, TIMES_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d",
		       year % 10000, month % 100, day % 100,
		       (int)(rest / 3600000), (int)(rest / 60000 % 60),
		       (int)(rest / 1000 % 60));
	if (millis)
		snprintf(out + len, (size_t)(TIMES_SIZE - len), ".%03dZ",
			 (int)(rest % 1000));
	else
		snprintf(out + len, (size_t)(TIMES_SIZE - len), "Z");
}

void
times_format(int64_t ms, char out[TIMES_SIZE])
{
	format(ms, true, out);
}

void
times_format_seconds(int64_t ms, char out[TIMES_SIZE])
{
	format(ms, false, out);
}

static int64_t
unit(const char *word, size_t len)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60000 },
		{ "h", 3600000 },
		{ "d", 86400000 },
		{ "w", 604800000 },
		{ "y", 31536000000 },
		{ "second", 1000 },
		{ "minute", 60000 },
		{ "hour", 3600000 },
		{ "day", 86400000 },
		{ "week", 604800000 },
		{ "month", 2592000000 },
		{ "year", 31536000000 },
	};
	size_t i;

	if (len > 3 && word[len - 1] == 's')
		len--;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len &&
		    memcmp(units[i].name, word, len) == 0)
			return units[i].ms;
	return 0;
}

bool
times_duration(const char *text, int64_t *ms)
{
	const char *s = text;

	*ms = 0;
	do {
		int64_t number = 0, each;
		size_t len;

		if (!isdigit((unsigned char)*s))
			return false;
		for (; isdigit((unsigned char)*s); s++)
			if ((number = number * 10 + (*s - '0')) > 1000000000)
				return false;
		if (*s == '_' || *s == ' ')
			s++;
		for (len = 0; isalpha((unsigned char)s[len]); len++)
			;
		if ((each = unit(s, len)) == 0)
			return false;
		if (__builtin_mul_overflow(number, each, &number) ||
		    __builtin_add_overflow(*ms, number, ms))
			return false;
		s += len;
	} while (*s != '\0');
	return true;
}

const char *
times_about(int64_t ms, char out[TIMES_SIZE])
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = { { 86400000, 'd' }, { 3600000, 'h' }, { 60000, 'm' } };
	size_t i;

	for (i = 0; i < 3; i++)
		if (ms >= 2 * units[i].ms) {
			snprintf(out, TIMES_SIZE, "%lld%c",
				 (long long)(ms / units[i].ms), units[i].unit);
			return out;
		}
	snprintf(out, TIMES_SIZE, "%llds", (long long)(ms / 1000));
	return out;
}
