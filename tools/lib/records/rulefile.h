/*
 * rulefile - reads one share/records/TYPE.yaml into a rules_type; used by
 * rules.  The form of the file is in pulse-records(5).
 */
#ifndef PULSE_RULEFILE_H
#define PULSE_RULEFILE_H

#include "records/checks.h"
#include "records/rules.h"

/* Fills type, all but its name and its checks' scratch, which are rules' own.
 * False with *why "FILE:LINE: expected ..." (allocated) and type empty. */
bool rulefile_load(struct rules_type *type, const char *path, char **why);

/* The type that every record without a file of its own has: the envelope. */
void rulefile_envelope(struct rules_type *type);

void rulefile_clear(struct rules_type *type);

#endif
