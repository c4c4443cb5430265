/*
 * edition - which state of its data a database holds: a number that moves with
 * every commit that changes a row of the data or of its links (data_version in
 * table meta).
 *
 * It never goes back, and it jumps to the time of day where it can, so that a
 * database that was put back from a copy does not come to a number again that
 * stood for other rows.  Errors as in store.h.
 */
#ifndef PULSE_EDITION_H
#define PULSE_EDITION_H

#include <stdint.h>

#include "storage/store.h"

/* Within the transaction that changed something. */
int edition_move(struct store *store);
int edition_read(struct store *store, int64_t *edition);

#endif
