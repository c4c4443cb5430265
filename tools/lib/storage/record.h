/*
 * record - the values of a line, put where the plan of its type wants them.
 *
 *   struct record record = { 0 };
 *   why = record_fill(&record, plan, spans);    NULL: plan->values are set
 *   record_free(&record);
 *
 * Nothing is trusted: what does not fit its column is refused, with a reason
 * that names the field.  The texts are borrowed from the line or from
 * record.space, until the next call.
 */
#ifndef PULSE_RECORD_H
#define PULSE_RECORD_H

#include "storage/plans.h"

struct record {
	int64_t client, updated, fetched; /* ms */
	struct value source, scope, key;
	struct value parts[PLANS_KEYS]; /* of the key, as text */
	struct values_space space;
	char fault[200];
};

/* Fills in all values but the scope's and deleted_at, and the rows of
 * children; NULL, or why it is no good (borrowed). */
const char *record_fill(struct record *record, struct plans_plan *plan,
			const struct json_span *spans);
void record_free(struct record *record);

/* Readers of single values of lines.  record_text: NULL when it is some. */
const char *record_text(struct record *record, const struct json_span *span,
			struct value *value);
bool record_time(const struct json_span *span, int64_t *ms);

/* A number as a value. */
struct value record_integer(int64_t number);

#endif
