#include "jobs/columns.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/outcome.h"
#include "base/utf8.h"
#include "jobs/breaker.h"
#include "jobs/folder.h"
#include "jobs/states.h"

/* The word of an enum's value, "" or NULL: nothing. */
static const char *
word_of(enum columns_sort sort, int value)
{
	switch (sort) {
	case COLUMNS_STATE:
	case COLUMNS_STATE_OR_NONE:
		return states_name((enum states_state)value);
	case COLUMNS_REASON:
		return states_reason_name((enum states_reason)value);
	case COLUMNS_WANT:
		return states_want_name((enum states_want)value);
	case COLUMNS_RESULT:
		return states_result_name((enum states_result)value);
	case COLUMNS_TIER:
		return states_tier_name((enum states_tier)value);
	case COLUMNS_CLASS:
		return value == OUTCOME_NONE
			       ? NULL
			       : outcome_name((enum outcome_class)value);
	case COLUMNS_HOW:
		return folder_how_name((enum folder_how)value);
	case COLUMNS_BREAKER:
		return breaker_state_name((enum breaker_state)value);
	case COLUMNS_OVERRIDE:
		return breaker_override_name((enum breaker_override)value);
	default:
		return NULL;
	}
}

static int
how_by_name(const char *word)
{
	int i;

	for (i = 0; i <= FOLDER_KILLED; i++)
		if (strcmp(folder_how_name((enum folder_how)i), word) == 0)
			return i;
	return -1;
}

/* -1: nobody's word. */
static int
value_of(enum columns_sort sort, const char *word)
{
	switch (sort) {
	case COLUMNS_STATE:
	case COLUMNS_STATE_OR_NONE:
		return states_by_name(word);
	case COLUMNS_REASON:
		return states_reason_by_name(word);
	case COLUMNS_WANT:
		return states_want_by_name(word);
	case COLUMNS_RESULT:
		return states_result_by_name(word);
	case COLUMNS_TIER:
		return states_tier_by_name(word);
	case COLUMNS_CLASS:
		return (int)outcome_from_name(word);
	case COLUMNS_HOW:
		return how_by_name(word);
	case COLUMNS_BREAKER:
		return breaker_state_by_name(word);
	case COLUMNS_OVERRIDE:
		return breaker_override_by_name(word);
	default:
		return -1;
	}
}

size_t
columns_count(const struct columns_field *fields)
{
	size_t count = 0;

	while (fields[count].name != NULL)
		count++;
	return count;
}

static void
put_fields(FILE *out, char form, const struct columns_field *fields)
{
	const struct columns_field *f;

	for (f = fields; f->name != NULL; f++) {
		fputs(f == fields ? "" : ", ", out);
		if (form != 'p')
			fputs(f->name, out);
		if (form != 'n')
			fputs(form == 's' ? "=?" : "?", out);
	}
}

char *
columns_sql(const char *text, const struct columns_field *fields)
{
	static const char *const marks[] = { "@names", "@places", "@sets" };
	char *sql = NULL;
	size_t size, i;
	FILE *out = open_memstream(&sql, &size);

	if (out == NULL)
		msg_die(EX_OSERR, "out of memory");
	while (*text != '\0') {
		for (i = 0; i < 3; i++)
			if (strncmp(text, marks[i], strlen(marks[i])) == 0)
				break;
		if (i == 3) {
			fputc(*text++, out);
			continue;
		}
		put_fields(out, marks[i][1], fields);
		text += strlen(marks[i]);
	}
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "out of memory");
	return sql;
}

static int64_t
int64_at(const void *at)
{
	int64_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static int
int_at(const void *at)
{
	int number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static void
bind_number(struct store_query *query, int place, int64_t number,
	    int64_t nothing)
{
	if (number == nothing)
		store_bind_null(query, place);
	else
		store_bind_int(query, place, number);
}

static void
bind_word(struct store_query *query, int place, const char *word)
{
	bool nothing = word == NULL || *word == '\0';

	store_bind_text(query, place, nothing ? NULL : word,
			nothing ? 0 : strlen(word));
}

static void
bind_field(struct store_query *query, int place, const struct columns_field *f,
	   const void *at)
{
	switch (f->sort) {
	case COLUMNS_INT:
		store_bind_int(query, place, int64_at(at));
		break;
	case COLUMNS_TIME:
		bind_number(query, place, int64_at(at), 0);
		break;
	case COLUMNS_CLIENT:
		bind_number(query, place, int64_at(at), -1);
		break;
	case COLUMNS_CODE:
		store_bind_int(query, place, int_at(at));
		break;
	case COLUMNS_BOOL:
		store_bind_int(query, place, *(const bool *)at);
		break;
	case COLUMNS_TEXT:
		bind_word(query, place, at);
		break;
	default:
		bind_word(query, place,
			  int_at(at) < 0 ? NULL : word_of(f->sort, int_at(at)));
		break;
	}
}

int
columns_bind(struct store_query *query, int place,
	     const struct columns_field *fields, const void *from)
{
	const struct columns_field *f;

	for (f = fields; f->name != NULL; f++)
		bind_field(query, place++, f, (const char *)from + f->where);
	return place;
}

static bool
read_word(struct store_query *query, int column, const struct columns_field *f,
	  void *at)
{
	const char *word = store_text(query, column, NULL);
	int value = f->sort == COLUMNS_STATE_OR_NONE ? -1 : 0;

	if (word != NULL && (value = value_of(f->sort, word)) < 0)
		return false;
	memcpy(at, &value, sizeof(value));
	return true;
}

static bool
read_field(struct store_query *query, int column, const struct columns_field *f,
	   void *at)
{
	int64_t number = store_int(query, column);
	const char *text;
	int code;

	switch (f->sort) {
	case COLUMNS_CLIENT:
		if (store_is_null(query, column))
			number = -1;
		memcpy(at, &number, sizeof(number));
		return true;
	case COLUMNS_INT:
	case COLUMNS_TIME:
		memcpy(at, &number, sizeof(number));
		return true;
	case COLUMNS_CODE:
		code = (int)number;
		memcpy(at, &code, sizeof(code));
		return true;
	case COLUMNS_BOOL:
		*(bool *)at = number != 0;
		return true;
	case COLUMNS_TEXT:
		text = store_text(query, column, NULL);
		snprintf(at, f->size, "%s", text == NULL ? "" : text);
		return true;
	default:
		return read_word(query, column, f, at);
	}
}

bool
columns_read(struct store_query *query, int column,
	     const struct columns_field *fields, void *into)
{
	const struct columns_field *f;

	for (f = fields; f->name != NULL; f++)
		if (!read_field(query, column++, f, (char *)into + f->where))
			return false;
	return true;
}

void
columns_clean(const struct columns_field *fields, void *row)
{
	const struct columns_field *f;

	for (f = fields; f->name != NULL; f++)
		if (f->sort == COLUMNS_TEXT)
			utf8_clean((char *)row + f->where);
}
