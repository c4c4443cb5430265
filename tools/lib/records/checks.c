#include "records/checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

bool
checks_time(const struct rules_field *field, const struct json_span *value,
	    int64_t *ms)
{
	if (value->type != JSON_STRING)
		return false;
	return field->sort == RULES_DATE
		       ? times_parse_date(value->at, value->len, ms)
		       : times_parse(value->at, value->len, ms);
}

static bool
is_sort(const struct rules_field *field, const struct json_span *value)
{
	int64_t number;
	double real;

	switch (field->sort) {
	case RULES_TEXT: /* ids that an API sends as numbers are texts too */
		return value->type == JSON_STRING || value->type == JSON_NUMBER;
	case RULES_INTEGER:
		return json_int(value, &number);
	case RULES_REAL:
		return json_real(value, &real);
	case RULES_BOOLEAN:
		return value->type == JSON_TRUE || value->type == JSON_FALSE;
	case RULES_TIME:
	case RULES_DATE:
		return checks_time(field, value, &number);
	case RULES_JSON:
		break;
	}
	return true;
}

/* The value's decoded text; NULL when it cannot be stored. */
static const char *
decoded(const struct json_span *value, struct checks_scratch *scratch,
	size_t *len)
{
	int64_t n;

	*len = value->len;
	if (value->type != JSON_STRING || !value->escaped)
		return value->at;
	if (value->len > scratch->text_size) {
		scratch->text_size = value->len * 2;
		scratch->text = msg_realloc(scratch->text, scratch->text_size);
	}
	n = json_decode(value, scratch->text);
	*len = (size_t)n;
	return n < 0 ? NULL : scratch->text;
}

static bool
is_one_of(const struct checks_field *check, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < check->one_of_count; i++)
		if (strlen(check->one_of[i]) == len &&
		    memcmp(check->one_of[i], text, len) == 0)
			return true;
	return false;
}

static bool
is_in_range(const struct checks_field *check, const struct json_span *value)
{
	double number;

	return json_real(value, &number) && number >= check->least &&
	       number <= check->most;
}

/* Texts only: what is stored, compared or matched is the decoded text. */
static enum checks_fault
check_text(const struct rules_field *field, const struct json_span *value,
	   struct checks_scratch *scratch)
{
	const struct checks_field *check = field->check;
	bool wanted = check->one_of != NULL || check->pattern != NULL;
	const char *text;
	size_t len;

	if (!wanted && (!value->escaped || field->column == NULL))
		return CHECKS_FAULTS;
	if ((text = decoded(value, scratch, &len)) == NULL)
		return CHECKS_STORABLE;
	if (check->one_of != NULL && !is_one_of(check, text, len))
		return CHECKS_ONE_OF;
	if (check->pattern != NULL &&
	    pattern_match(check->pattern, text, len) != 1)
		return CHECKS_PATTERN;
	return CHECKS_FAULTS;
}

enum checks_fault
checks_value(const struct rules_field *field, const struct json_span *value,
	     struct checks_scratch *scratch)
{
	const struct checks_field *check = field->check;

	if (value->doubled)
		return CHECKS_DOUBLED;
	if (value->type == JSON_ABSENT || value->type == JSON_NULL)
		return check->required ? CHECKS_MISSING : CHECKS_FAULTS;
	if (!is_sort(field, value))
		return CHECKS_SORT;
	if (field->sort == RULES_TEXT)
		return check_text(field, value, scratch);
	if (check->one_of != NULL && !is_one_of(check, value->at, value->len))
		return CHECKS_ONE_OF;
	if (check->ranged && !is_in_range(check, value))
		return CHECKS_RANGE;
	return CHECKS_FAULTS;
}
