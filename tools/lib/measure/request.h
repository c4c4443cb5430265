/*
 * request - what is asked of the figures, word by word, and what that means for
 * one metric.
 *
 *   struct request request = { .since = "30d", .by = "repo,week" };
 *   why = request_read(&request, clock_now());
 *   why = request_refuse(&request, metric);
 *   request_frame(&request, metric, &frame);
 *
 * What cannot be is said in words (allocated) that name what is near; NULL: all
 * is well.
 */
#ifndef PULSE_REQUEST_H
#define PULSE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/frame.h"
#include "measure/metric.h"

struct request {
	const char *since, *until; /* see window.h; NULL: the default */
	const char *by;		   /* "repo", "week", "repo,week" or NULL */
	const char *scope;
	const char *zone; /* NULL becomes UTC */

	int64_t from, to, now; /* seconds; what request_read makes of them */
	enum frame_by kind;    /* with `by` alone, else the metric's default */
	enum frame_every every;
};

char *request_read(struct request *request, int64_t now_ms);

/* A grouping that the metric does not know. */
char *request_refuse(const struct request *request,
		     const struct metric *metric);

/* Sets what of a frame the request decides. */
void request_frame(const struct request *request, const struct metric *metric,
		   struct frame *frame);

/* `unknown WHAT 'WORD': did you mean NEAR`, or what there is where that is
 * little; known NULL-ended. */
char *request_unknown(const char *what, const char *word,
		      const char *const *known);

#endif
