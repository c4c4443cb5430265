/*
 * rulefile - reads one share/records/TYPE.yaml into a rules_type; used by
 * rules.  The form of the file is in pulse-records(5).
 */
#ifndef PULSE_RULEFILE_H
#define PULSE_RULEFILE_H

#include "records/checks.h"
#include "records/rules.h"

/* NULL with *why "FILE:LINE: expected ..." (allocated).  The name is copied,
 * scratch is borrowed. */
struct rules_type *rulefile_load(const char *path, const char *name,
				 struct checks_scratch *scratch, char **why);

/* The type that every record without a file of its own has: the envelope. */
struct rules_type *rulefile_envelope(struct checks_scratch *scratch);

void rulefile_free(struct rules_type *type);

#endif
