/*
 * backlog - requests that wait: ready ones by priority, then first come first
 * served; and those that are asked again later, by their time.
 */
#ifndef PULSE_BACKLOG_H
#define PULSE_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "net/http.h"

struct backlog_job {
	struct http_request request; /* url and body are its own */
	char *url;		     /* absolute; after redirects the last */
	uint64_t order;
	int64_t ready; /* monotonic ms: not before; 0: at once */
	unsigned tries, limited, redirects;
	bool no_cache;
	char key[CRYPTO_HEX]; /* of the cache; "": none */
};

struct backlog {
	struct backlog_job **ready; /* a heap */
	struct backlog_job **later;
	size_t ready_count, ready_size, later_count, later_size;
	uint64_t order;
};

/* A copy of the request; url is consumed. */
struct backlog_job *backlog_job(const struct http_request *request, char *url);
void backlog_job_free(struct backlog_job *job);

void backlog_put(struct backlog *backlog, struct backlog_job *job);
/* The next one that may be sent now, or NULL. */
struct backlog_job *backlog_take(struct backlog *backlog, int64_t now);
/* When a waiting one gets ready; INT64_MAX: none waits for its time. */
int64_t backlog_next_time(const struct backlog *backlog);
size_t backlog_length(const struct backlog *backlog);
void backlog_free(struct backlog *backlog);

#endif
