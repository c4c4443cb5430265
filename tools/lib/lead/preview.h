/*
 * preview - schedule, clients and rows as the leader would find them, for
 * those who only look: nothing is locked, made or written, and there need be
 * no database yet.
 */
#ifndef PULSE_PREVIEW_H
#define PULSE_PREVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/gates.h"
#include "lead/leader.h"

struct preview;

/* rows: with those of state.db, and those that are not in it yet as they will
 * begin.  NULL with *why "FILE:LINE: reason" (allocated). */
struct preview *preview_open(const struct leader_options *options, bool rows,
			     char **why);
const struct gates_view *preview_view(const struct preview *preview);
/* Of each job of the view how long its runs usually take, ms; 0: not known. */
const int64_t *preview_lengths(const struct preview *preview);
size_t preview_jobs(const struct preview *preview);
size_t preview_clients(const struct preview *preview);
void preview_close(struct preview *preview);

#endif
