/*
 * kept - JSON answers that were made once and are given again to whoever asks
 * the same, as long as nothing has changed.
 *
 *   if (!kept_give(kept, x, key, version))
 *           kept_add(kept, x, key, version, &w);
 *
 * The few that were asked for last stay.  Bytes that are still being sent when
 * another answer takes their place live until they are sent.
 */
#ifndef PULSE_KEPT_H
#define PULSE_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "web/exchange.h"

struct kept;

enum { KEPT_KEY = 512 };

struct kept *kept_new(void);
void kept_free(struct kept *kept);

/* Answers x with what was made for this key at this version; false: nothing
 * was. */
bool kept_give(struct kept *kept, struct exchange *x, const char *key,
	       uint64_t version);
/* Answers x with w, which is freed, and keeps it.  A key that is too long is
 * not kept. */
void kept_add(struct kept *kept, struct exchange *x, const char *key,
	      uint64_t version, struct jsonw *w);

#endif
