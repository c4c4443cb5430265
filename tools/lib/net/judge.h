/*
 * judge - what becomes of a request once its answer is there: told to the one
 * who asked, answered from the cache, asked again now or later, or the end of
 * the whole run.  All that http does but the transfers themselves.
 *
 *   judge_answer(judge, job, &raw);     an answer came, of any status
 *   judge_fault(judge, job, &fault);    none came, or a broken one
 *   judge_refuse(judge, job, ...);      it is not asked at all
 *
 * Each consumes the job: its done is called and it is freed, or it is back in
 * the backlog.
 */
#ifndef PULSE_JUDGE_H
#define PULSE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "net/backlog.h"
#include "net/cache.h"
#include "net/gate.h"
#include "net/http.h"
#include "net/reply.h"

struct judge {
	struct http_config config;
	char *base;
	struct backlog backlog;
	struct gate gate;
	struct cache *cache; /* or NULL */
	struct http_stats stats;
	bool stopping;	  /* none is begun */
	bool aborted;	  /* and none is answered */
	bool offline;	  /* only the cache answers */
	unsigned failing; /* requests in a row that had no good answer */
	uint64_t seed;
	/* What ends the run. */
	int code;
	enum outcome_class class;
	int64_t not_before;
	char why[REPLY_WHY];
};

struct judge_fault {
	enum outcome_class class;
	const char *why;
	bool again; /* worth another try */
};

void judge_answer(struct judge *judge, struct backlog_job *job,
		  const struct reply_raw *raw);
void judge_fault(struct judge *judge, struct backlog_job *job,
		 const struct judge_fault *fault);
/* code 0: the class's own. */
void judge_refuse(struct judge *judge, struct backlog_job *job,
		  enum outcome_class class, int code, const char *why);

/* The first of these is the one that counts. */
void judge_end(struct judge *judge, enum outcome_class class, const char *why,
	       int64_t not_before);

#endif
