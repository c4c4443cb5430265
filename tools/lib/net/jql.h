/*
 * jql - times and queries in Jira's query language.  pure but for the system's
 * zoneinfo.
 *
 * JQL reads `yyyy-MM-dd HH:mm`, without seconds, in the zone of the profile
 * that asks; so a time is written in that zone and rounded down.
 */
#ifndef PULSE_JQL_H
#define PULSE_JQL_H

#include <stdint.h>

enum { JQL_SIZE = 24, JQL_LONGEST = 512 };

/* ms since the epoch as the minute it lies in. */
void jql_minute(const char *zone, int64_t ms, char out[JQL_SIZE]);

/*
 * A minute from which everything since ms is found, whatever the server takes
 * an ambiguous local time for: where the zone's clock changes nearby, an hour
 * (or the size of the change) before.
 */
void jql_since(const char *zone, int64_t ms, char out[JQL_SIZE]);

/* The issues of a project; ends and key that do not count are 0 or "". */
struct jql {
	const char *project;
	const char *zone;
	int64_t since, until;		  /* of updated: from, before */
	int64_t created_from, created_to; /* likewise */
	const char *after;		  /* key > this */
};
void jql_issues(const struct jql *jql, char out[JQL_LONGEST]);

/* The first of the month that ms lies in (UTC), and months later. */
int64_t jql_month(int64_t ms, int64_t months);

#endif
