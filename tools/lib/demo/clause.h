/*
 * clause - one restriction of a JQL query: FIELD SIGN VALUE.
 *
 *   struct clause clause = { 0 };
 *   clause_read(&clause, tracker, &reader);     reader.why when it is refused
 *   if (clause_holds(&clause, tracker, issue)) ...
 *   clause_drop(&clause);
 *
 * A name stands for every id that bears it: statuses repeat.  Dates are
 * yyyy-MM-dd [HH:mm] or with slashes in the account's zone, epoch milliseconds
 * without quotes, or -7d before the tracker's now.
 */
#ifndef PULSE_CLAUSE_H
#define PULSE_CLAUSE_H

#include "demo/lexeme.h"
#include "demo/tracker.h"

enum clause_field {
	CLAUSE_PROJECT,
	CLAUSE_KEY,
	CLAUSE_ID,
	CLAUSE_CREATED,
	CLAUSE_UPDATED,
	CLAUSE_RESOLVED,
	CLAUSE_TYPE,
	CLAUSE_STATUS,
	CLAUSE_CATEGORY,
	CLAUSE_RESOLUTION,
	CLAUSE_SPRINT,
	CLAUSE_PARENT
};

enum clause_sign {
	CLAUSE_EQUAL,
	CLAUSE_UNEQUAL,
	CLAUSE_ABOVE,
	CLAUSE_AT_LEAST,
	CLAUSE_BELOW,
	CLAUSE_AT_MOST,
	CLAUSE_IN,
	CLAUSE_NOT_IN,
	CLAUSE_EMPTY,
	CLAUSE_NOT_EMPTY
};

struct clause {
	enum clause_field field;
	enum clause_sign sign;
	int64_t *values;
	size_t count;
};

/* The field that the word in front names. */
bool clause_field(const struct lexeme_reader *reader, enum clause_field *field);

void clause_read(struct clause *clause, const struct tracker *tracker,
		 struct lexeme_reader *reader);
void clause_drop(struct clause *clause);

bool clause_holds(const struct clause *clause, const struct tracker *tracker,
		  const struct tracker_issue *issue);

/* What an issue is compared and sorted by. */
int64_t clause_value(enum clause_field field,
		     const struct tracker_issue *issue);

#endif
