#include "demo/clause.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

enum { VALUES_MOST = 5000, NUMBER_MASK = 0xffffff };

static const struct {
	const char *name;
	enum clause_field field;
} names[] = {
	{ "project", CLAUSE_PROJECT },
	{ "key", CLAUSE_KEY },
	{ "issuekey", CLAUSE_KEY },
	{ "issue", CLAUSE_KEY },
	{ "id", CLAUSE_ID },
	{ "created", CLAUSE_CREATED },
	{ "createddate", CLAUSE_CREATED },
	{ "updated", CLAUSE_UPDATED },
	{ "updateddate", CLAUSE_UPDATED },
	{ "resolved", CLAUSE_RESOLVED },
	{ "resolutiondate", CLAUSE_RESOLVED },
	{ "issuetype", CLAUSE_TYPE },
	{ "type", CLAUSE_TYPE },
	{ "status", CLAUSE_STATUS },
	{ "statuscategory", CLAUSE_CATEGORY },
	{ "resolution", CLAUSE_RESOLUTION },
	{ "sprint", CLAUSE_SPRINT },
	{ "parent", CLAUSE_PARENT },
};

bool
clause_field(const struct lexeme_reader *reader, enum clause_field *field)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(reader->token, names[i].name) == 0) {
			*field = names[i].field;
			return true;
		}
	return false;
}

static const char *
field_name(enum clause_field field)
{
	size_t i = 0;

	while (names[i].field != field)
		i++;
	return names[i].name;
}

static bool
is_date(enum clause_field field)
{
	return field == CLAUSE_CREATED || field == CLAUSE_UPDATED ||
	       field == CLAUSE_RESOLVED;
}

static bool
is_issue(enum clause_field field)
{
	return field == CLAUSE_KEY || field == CLAUSE_ID ||
	       field == CLAUSE_PARENT;
}

static void
put(struct clause *clause, int64_t value)
{
	if (clause->count % 64 == 0)
		clause->values = msg_realloc(clause->values,
					     (clause->count + 64) *
						     sizeof(*clause->values));
	clause->values[clause->count++] = value;
}

/* yyyy-MM-dd or yyyy/MM/dd, with HH:mm or without; no seconds. */
static bool
wall_time(const char *text, int64_t *local)
{
	int year, month, day, hour = 0, minute = 0, end = 0;
	char one, two;

	if (sscanf(text, "%4d%c%2d%c%2d%n", &year, &one, &month, &two, &day,
		   &end) != 5 ||
	    one != two || (one != '-' && one != '/') || month < 1 ||
	    month > 12 || day < 1 || day > 31)
		return false;
	text += end;
	end = 0;
	if (*text != '\0' &&
	    (sscanf(text, " %2d:%2d%n", &hour, &minute, &end) != 2 ||
	     text[end] != '\0' || hour > 23 || minute > 59))
		return false;
	*local = times_days(year, month, day) * 86400000 +
		 (hour * 60 + minute) * (int64_t)60000;
	return true;
}

/* -7d, +3h: from the tracker's now. */
static bool
period(const char *text, int64_t now, int64_t *at)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { 'm', 60000 },
		      { 'h', 3600000 },
		      { 'd', 86400000 },
		      { 'w', 604800000 } };
	int64_t number;
	char *end;
	size_t i;

	if ((*text != '-' && *text != '+') || !isdigit((unsigned char)text[1]))
		return false;
	number = strtoll(text, &end, 10);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (end[0] == units[i].unit && end[1] == '\0') {
			*at = now + number * units[i].ms;
			return true;
		}
	return false;
}

static bool
date_value(const struct lexeme_reader *reader, const struct tracker *tracker,
	   int64_t *value)
{
	const char *text = reader->token;

	if (!reader->quoted && strlen(text) > 4 &&
	    strspn(text, "0123456789") == strlen(text)) {
		*value = (int64_t)strtoll(text, NULL, 10);
		return true;
	}
	if (period(text, tracker->now, value))
		return true;
	if (!wall_time(text, value))
		return false;
	*value = wallclock_instant(tracker->clock, *value);
	return true;
}

static void
refuse_value(struct lexeme_reader *reader, enum clause_field field)
{
	if (is_date(field))
		lexeme_refuse(reader,
			      "Date value '%s' for field '%s' is invalid. "
			      "Valid formats include: 'yyyy/MM/dd HH:mm', "
			      "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', "
			      "'yyyy-MM-dd', or a period format e.g. '-5d', "
			      "'4w 2d'.",
			      reader->token, field_name(field));
	else if (is_issue(field))
		lexeme_refuse(reader,
			      "An issue with key '%s' does not exist for field "
			      "'%s'.",
			      reader->token, field_name(field));
	else
		lexeme_refuse(reader,
			      "The value '%s' does not exist for the field "
			      "'%s'.",
			      reader->token, field_name(field));
}

static bool
row_is(const struct lexeme_reader *reader, int id, const char *name)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", id);
	return strcasecmp(reader->token, name) == 0 ||
	       strcmp(reader->token, text) == 0;
}

/* Row i of the table that the field's values come from: false past its end. */
static bool
table_row(enum clause_field field, size_t i, int *id, const char **name)
{
	switch (field) {
	case CLAUSE_STATUS:
		if (i >= catalog_status_count)
			return false;
		*id = catalog_statuses[i].id;
		*name = catalog_statuses[i].name;
		return true;
	case CLAUSE_TYPE:
		if (i >= catalog_type_count)
			return false;
		*id = catalog_types[i].id;
		*name = catalog_types[i].name;
		return true;
	case CLAUSE_RESOLUTION:
		if (i >= catalog_resolution_count)
			return false;
		*id = catalog_resolutions[i].id;
		*name = catalog_resolutions[i].name;
		return true;
	default:
		if (i > CATALOG_DONE)
			return false;
		*id = catalog_category_ids[i];
		*name = catalog_category_names[i];
		return true;
	}
}

static void
table_values(struct clause *clause, struct lexeme_reader *reader)
{
	size_t before = clause->count, i;
	const char *name;
	int id;

	for (i = 0; table_row(clause->field, i, &id, &name); i++)
		if (row_is(reader, id, name))
			put(clause, (int64_t)i);
	if (clause->count == before)
		refuse_value(reader, clause->field);
}

static void
issue_value(struct clause *clause, const struct tracker *tracker,
	    struct lexeme_reader *reader)
{
	int32_t index =
		tracker_find(tracker, reader->token, strlen(reader->token));
	bool digits =
		strspn(reader->token, "0123456789") == strlen(reader->token);

	/* id > 123 need not name what exists. */
	if (index < 0 && clause->field == CLAUSE_ID && digits &&
	    clause->sign != CLAUSE_EQUAL && clause->sign != CLAUSE_IN)
		put(clause, strtoll(reader->token, NULL, 10));
	else if (index < 0)
		refuse_value(reader, clause->field);
	else if (clause->field == CLAUSE_PARENT)
		put(clause, index);
	else
		put(clause, clause->field == CLAUSE_KEY
				    ? tracker->issues[index].value[TRACKER_KEY]
				    : tracker->issues[index].id);
}

static void
plain_value(struct clause *clause, const struct tracker *tracker,
	    struct lexeme_reader *reader)
{
	const char *text = reader->token;
	int64_t value;
	bool known;

	if (clause->field == CLAUSE_PROJECT) {
		value = tracker_project(tracker, text, strlen(text));
		known = value >= 0;
	} else if (clause->field == CLAUSE_SPRINT) {
		value = strtoll(text, NULL, 10);
		known = tracker_sprint(tracker, (int32_t)value) != NULL;
	} else {
		known = date_value(reader, tracker, &value);
	}
	if (known)
		put(clause, value);
	else
		refuse_value(reader, clause->field);
}

static void
read_value(struct clause *clause, const struct tracker *tracker,
	   struct lexeme_reader *reader)
{
	if (reader->end)
		lexeme_refuse(reader, "Error in the JQL Query: Expecting "
				      "either a value, list or function before "
				      "the end of the query.");
	else if (is_issue(clause->field))
		issue_value(clause, tracker, reader);
	else if (is_date(clause->field) || clause->field == CLAUSE_PROJECT ||
		 clause->field == CLAUSE_SPRINT)
		plain_value(clause, tracker, reader);
	else
		table_values(clause, reader);
	lexeme_next(reader);
}

static bool
read_sign(struct lexeme_reader *reader, enum clause_sign *sign)
{
	static const struct {
		const char *text;
		enum clause_sign sign;
	} signs[] = { { "=", CLAUSE_EQUAL }, { "!=", CLAUSE_UNEQUAL },
		      { ">", CLAUSE_ABOVE }, { ">=", CLAUSE_AT_LEAST },
		      { "<", CLAUSE_BELOW }, { "<=", CLAUSE_AT_MOST },
		      { "in", CLAUSE_IN } };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (lexeme_skip(reader, signs[i].text)) {
			*sign = signs[i].sign;
			return true;
		}
	if (lexeme_skip(reader, "is")) {
		*sign = lexeme_skip(reader, "not") ? CLAUSE_NOT_EMPTY
						   : CLAUSE_EMPTY;
		return lexeme_skip(reader, "empty") ||
		       lexeme_skip(reader, "null");
	}
	*sign = CLAUSE_NOT_IN;
	return lexeme_skip(reader, "not") && lexeme_skip(reader, "in");
}

static void
read_list(struct clause *clause, const struct tracker *tracker,
	  struct lexeme_reader *reader)
{
	if (!lexeme_skip(reader, "(")) {
		lexeme_refuse(reader,
			      "Operator 'in' does not support the non-list "
			      "value '%s' for field '%s'.",
			      reader->token, field_name(clause->field));
		return;
	}
	do {
		read_value(clause, tracker, reader);
	} while (reader->why == NULL && clause->count < VALUES_MOST &&
		 lexeme_skip(reader, ","));
	if (!lexeme_skip(reader, ")"))
		lexeme_refuse(reader,
			      "Error in the JQL Query: Expecting ',' or ')' "
			      "but got '%s'.",
			      reader->token);
}

void
clause_read(struct clause *clause, const struct tracker *tracker,
	    struct lexeme_reader *reader)
{
	if (!clause_field(reader, &clause->field)) {
		lexeme_refuse(reader,
			      "Field '%s' does not exist or you do not have "
			      "permission to view it.",
			      reader->token);
		return;
	}
	lexeme_next(reader);
	if (!read_sign(reader, &clause->sign))
		lexeme_refuse(reader,
			      "Error in the JQL Query: Expecting operator but "
			      "got '%s'. The valid operators are '=', '!=', "
			      "'<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT "
			      "IN', 'IS' and 'IS NOT'.",
			      reader->token);
	else if (clause->sign == CLAUSE_IN || clause->sign == CLAUSE_NOT_IN)
		read_list(clause, tracker, reader);
	else if (clause->sign != CLAUSE_EMPTY &&
		 clause->sign != CLAUSE_NOT_EMPTY)
		read_value(clause, tracker, reader);
}

void
clause_drop(struct clause *clause)
{
	free(clause->values);
}

int64_t
clause_value(enum clause_field field, const struct tracker_issue *issue)
{
	switch (field) {
	case CLAUSE_PROJECT:
		return issue->value[TRACKER_PROJECT];
	case CLAUSE_KEY:
		return issue->value[TRACKER_KEY];
	case CLAUSE_ID:
		return issue->id;
	case CLAUSE_CREATED:
		return issue->created;
	case CLAUSE_UPDATED:
		return issue->indexed;
	case CLAUSE_RESOLVED:
		return issue->resolved;
	case CLAUSE_TYPE:
		return issue->value[TRACKER_TYPE];
	case CLAUSE_STATUS:
		return issue->value[TRACKER_STATUS];
	case CLAUSE_CATEGORY:
		return tracker_category(issue);
	case CLAUSE_RESOLUTION:
		return issue->value[TRACKER_RESOLUTION];
	case CLAUSE_PARENT:
		return issue->value[TRACKER_PARENT];
	default:
		return issue->value[TRACKER_SPRINT];
	}
}

static bool
is_empty(enum clause_field field, int64_t value)
{
	if (field == CLAUSE_RESOLUTION || field == CLAUSE_PARENT)
		return value < 0;
	return (field == CLAUSE_RESOLVED || field == CLAUSE_SPRINT) &&
	       value == 0;
}

static bool
is_among(const struct clause *clause, const struct tracker *tracker,
	 int64_t value)
{
	size_t i;

	for (i = 0; i < clause->count; i++)
		if (clause->field == CLAUSE_SPRINT
			    ? sprintset_has(tracker->sets, (int32_t)value,
					    (int32_t)clause->values[i])
			    : value == clause->values[i])
			return true;
	return false;
}

/* A key is above another one of its own project only. */
static bool
is_beyond(const struct clause *clause, int64_t value)
{
	int64_t bound = clause->values[0];

	if (clause->field == CLAUSE_KEY &&
	    (value & ~(int64_t)NUMBER_MASK) != (bound & ~(int64_t)NUMBER_MASK))
		return false;
	switch (clause->sign) {
	case CLAUSE_ABOVE:
		return value > bound;
	case CLAUSE_AT_LEAST:
		return value >= bound;
	case CLAUSE_BELOW:
		return value < bound;
	default:
		return value <= bound;
	}
}

bool
clause_holds(const struct clause *clause, const struct tracker *tracker,
	     const struct tracker_issue *issue)
{
	int64_t value = clause_value(clause->field, issue);
	bool empty = is_empty(clause->field, value);

	switch (clause->sign) {
	case CLAUSE_EMPTY:
		return empty;
	case CLAUSE_NOT_EMPTY:
		return !empty;
	case CLAUSE_EQUAL:
	case CLAUSE_IN:
		return !empty && is_among(clause, tracker, value);
	case CLAUSE_UNEQUAL:
	case CLAUSE_NOT_IN:
		return !empty && !is_among(clause, tracker, value);
	default:
		return !empty && is_beyond(clause, value);
	}
}
