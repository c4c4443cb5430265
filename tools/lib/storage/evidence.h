/*
 * evidence - when lists of keys were taken, and which list had a key last.
 * pure but for memory.
 *
 * Both only grow: adding lists is a union and a maximum, so that their order
 * and number do not matter.  As text: times is a JSON array of ms, present a
 * JSON array of the keys in the latest list, gone a JSON object from each
 * other key to the last list that had it.
 */
#ifndef PULSE_EVIDENCE_H
#define PULSE_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "records/json.h"
#include "records/values.h"

struct evidence;

struct evidence *evidence_new(void);
void evidence_free(struct evidence *evidence);

void evidence_add_time(struct evidence *evidence, int64_t at);
/* The key, copied, was in the list of that time. */
void evidence_add_key(struct evidence *evidence, const char *prefix,
		      size_t prefix_len, const struct value *key, int64_t at);

/* From text; what does not parse is left out. */
void evidence_read(struct evidence *evidence, const struct value *times,
		   const struct value *present, const struct value *gone);
void evidence_write(struct evidence *evidence, struct jsonw *times,
		    struct jsonw *present, struct jsonw *gone);

int64_t evidence_latest(const struct evidence *evidence); /* 0: no list */
/* The last list that had the key; 0: none. */
int64_t evidence_last(struct evidence *evidence, const struct value *key);
/* The first list after that time; 0: none. */
int64_t evidence_next(struct evidence *evidence, int64_t after);

#endif
