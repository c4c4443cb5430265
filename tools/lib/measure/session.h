/*
 * session - all that figures are worked out with: the files of share,
 * pulse.yaml and teams.yaml, the database, and results kept from before.
 *
 *   session = session_open(&ask, &trouble);
 *   metrics = session_basis(session)->metrics;      for ls and explain: enough
 *   session_connect(session, &trouble);
 *   figures = session_figures(session, metric, &trouble);
 *   session_close(session);
 *
 * All figures of a session are of one state of the database: it is read in one
 * transaction.  Tables are made when the first metric needs them, and made anew
 * when a metric is grouped differently.
 *
 * Of trouble the class is OUTCOME_USAGE where the ask is at fault.
 */
#ifndef PULSE_SESSION_H
#define PULSE_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/figures.h"
#include "measure/outfit.h"
#include "measure/request.h"
#include "measure/trouble.h"

struct session;

struct session_ask {
	struct request request;
	struct outfit_ask outfit;
	const char *database; /* NULL: PULSE_HOME/spool/pulse.db */
	bool fresh;	      /* nothing kept is used, nothing is kept */
	/* Hears whether a metric was a hit or a miss; may be NULL. */
	void (*tell)(const char *metric, const char *what);
};

/* Borrows the ask's texts.  NULL with trouble. */
struct session *session_open(const struct session_ask *ask,
			     struct trouble *trouble);
int session_connect(struct session *session, struct trouble *trouble);
void session_close(struct session *session); /* NULL is fine */

/* As it was read. */
const struct request *session_request(const struct session *session);
/* What is asked from here on, in its place; its texts are borrowed. */
void session_ask_anew(struct session *session, const struct request *request);
/* Whose figures they are. */
const struct settings_client *session_client(const struct session *session);
/* Of a metric: its window and grouping.  Valid until the next call. */
const struct frame *session_frame(struct session *session,
				  const struct metric *metric);
/* With the frame of the metric that was last asked for. */
const struct figures_basis *session_basis(const struct session *session);

/* NULL with trouble. */
struct figures *session_figures(struct session *session,
				const struct metric *metric,
				struct trouble *trouble);
/* Fills the temporary table figure_rows; -1 with trouble. */
int session_rows(struct session *session, const struct metric *metric,
		 struct trouble *trouble);

/* How many repositories have changed since they were linked, which is nothing
 * to metrics that do not read links: 0. */
int session_stale(const struct session *session,
		  const struct metric *const *metrics, size_t count,
		  size_t *stale, struct trouble *trouble);

/* What frames have found so far; of kept results, too. */
const struct frame_counts *session_found(const struct session *session);

/* What the store complains of, at this point; and what a statement of a metric
 * says of itself, which is freed.  Both -1. */
int session_fail(const struct session *session, struct trouble *trouble);
int session_blame(const struct session *session, char *why,
		  struct trouble *trouble);

#endif
