/*
 * ledger - what load keeps about its own work: cursors, parts of puts, failed
 * items, quality.  All of it is read from the lines of a stream that are not
 * records (pulse-records(5)), inside the transaction that loads the rows.
 *
 * A cursor is stored only when the stored one equals the line's `from` byte
 * for byte and all earlier parts of the same put are loaded: a late, lost,
 * doubled or replayed batch can neither rewind a cursor nor jump a gap.
 * Failures may come in any order and any number of times: the latest rules.
 */
#ifndef PULSE_LEDGER_H
#define PULSE_LEDGER_H

#include <stdbool.h>

#include "records/control.h"
#include "storage/renames.h"
#include "storage/store.h"

struct ledger;

/* renames is borrowed.  NULL with *why (allocated). */
struct ledger *ledger_open(struct store *store, struct renames *renames,
			   char **why);
void ledger_close(struct ledger *ledger);

/* One line of any kind but keys, checked by control_broken.  -1: store_error.
 */
int ledger_line(struct ledger *ledger, enum control_kind kind, const char *line,
		size_t len);

/* What a repository had under a former name. */
int ledger_move(struct ledger *ledger, const struct renames_move *move);

/* How many cursors were stored and held back so far. */
uint64_t ledger_stored(const struct ledger *ledger);
uint64_t ledger_held(const struct ledger *ledger);

/* Marks the cursors of a job as to be published: those of all clients in the
 * table, and of all clients with a file in folder. */
int ledger_mark(struct ledger *ledger, const char *folder, const char *job);

/* Replaces folder/CLIENT/JOB.json for all cursors stored or marked since the
 * last call; after the commit.  -1: errno, or store_error when errno is 0. */
int ledger_publish(struct ledger *ledger, const char *folder);

#endif
