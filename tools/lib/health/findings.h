/*
 * findings - what checks have found, one line each: good, worth a note, a
 * warning, or a failure, with the way out.
 *
 *   findings_add(&found, &(struct finding){ .check = "disk", ... },
 *                "%s are free", size);
 *   findings_list(&found, stdout, LISTING_NDJSON, FINDING_OK);
 *   code = findings_code(&found);
 *   findings_free(&found);
 *
 * The code is 0 when nothing is worse than a note, 121 when the worst is a
 * warning, else the worst code of the failures.
 */
#ifndef PULSE_FINDINGS_H
#define PULSE_FINDINGS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/listing.h"
#include "base/outcome.h"

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_WARN, FINDING_FAIL };

struct finding {
	const char *check;   /* a constant: "token" */
	const char *subject; /* "github", "pulse.db", a job; or NULL */
	int64_t client;	     /* 0: of the host */
	enum finding_level level;
	enum outcome_class class; /* what a failure or a warning is of */
	int code;		  /* of a failure; 0: of the class */
	const char *value;	  /* what was measured, or NULL */
	const char *way_out;	  /* what to do, or NULL */
	const char *message;	  /* filled in by findings_add */
};

struct findings { /* zeros: none */
	struct finding *items;
	size_t count;
};

/* Copies the texts. */
void findings_add(struct findings *findings, const struct finding *finding,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int findings_code(const struct findings *findings);
/* How many are of that level. */
size_t findings_of(const struct findings *findings, enum finding_level level);
/* Drops those whose check is not in names (NULL-ended; NULL: all stay). */
void findings_keep(struct findings *findings, const char *const *names);
/* Those of the least level and worse. */
void findings_list(const struct findings *findings, FILE *out,
		   enum listing_format format, enum finding_level least);
void findings_free(struct findings *findings);

const char *findings_level(enum finding_level level); /* "ok", "note" … */

#endif
