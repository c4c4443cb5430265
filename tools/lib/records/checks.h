/*
 * checks - what a field and a record must be, compiled; used by rulefile, which
 * makes them, and rules, which asks them.
 */
#ifndef PULSE_CHECKS_H
#define PULSE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "records/filter.h"
#include "records/pattern.h"
#include "records/rules.h"

enum checks_fault {
	CHECKS_MISSING, /* required */
	CHECKS_SORT,	/* not text, not a time */
	CHECKS_ONE_OF,
	CHECKS_PATTERN,
	CHECKS_RANGE,
	CHECKS_DOUBLED,
	CHECKS_STORABLE, /* a lone surrogate or \u0000 */
	CHECKS_FAULTS
};

/* What one field must be; says holds the rule's name for each fault. */
struct checks_field {
	bool required;
	const char **one_of; /* NULL without it */
	size_t one_of_count;
	struct pattern *pattern; /* or NULL */
	bool ranged;
	double least, most;
	char *says[CHECKS_FAULTS];
};

/* Both present: the first field is not after the second. */
struct checks_order {
	size_t first, second; /* of the fields */
	char *says;
};

struct checks_jq {
	struct filter *filter;
	char *says;
};

struct rules_checks {
	struct config *file; /* owns the texts */
	struct checks_order *orders;
	size_t order_count;
	struct checks_jq *jqs;
	size_t jq_count;
	struct checks_scratch *scratch; /* of one check */
};

/* Space that a check works in, one for all types. */
struct checks_scratch {
	struct json_span *spans; /* of a child's element */
	size_t span_count;
	char *text;
	size_t text_size;
};

/* What is wrong with the value first, or CHECKS_FAULTS. */
enum checks_fault checks_value(const struct rules_field *field,
			       const struct json_span *value,
			       struct checks_scratch *scratch);

/* The time of a time or date, in ms; false when it is none. */
bool checks_time(const struct rules_field *field, const struct json_span *value,
		 int64_t *ms);

#endif
