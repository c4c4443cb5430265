/*
 * http - requests to one API with one credential, several at once, through
 * one gate.  The only module that talks to libcurl.
 *
 *   struct http *http = http_open(&config, &why);
 *   http_get(http, "/orgs/acme/repos?per_page=100", done, arg);
 *   outcome = http_run(http);           calls done for each, until idle
 *   http_close(http);
 *
 * done may ask for more.  Requests are sent in the order of their priority,
 * then first come first served, at most `connections` at once.  What may pass
 * by itself (time-out, reset, cut body, 500 502 503 504, 429) is tried again
 * here with backoff, retries times; done hears only the end.
 *
 * The gate: a Retry-After, a spent quota or a secondary limit stops every
 * connection (docs.github.com "rate limits for the REST API"; Jira's
 * RateLimit-Reason jira-burst-based slows that endpoint only).  A wait that
 * would go beyond max_wait ends the run: http_run returns 75 and the requests
 * not yet answered are dropped without a call.
 *
 * The credential goes to the origin of base_url and nowhere else: redirects
 * and next links to another scheme, host or port are refused (76).
 * Plain http only to loopback.
 */
#ifndef PULSE_HTTP_H
#define PULSE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

struct http;

/* How the server says that a quota is spent; api-facts differ by source. */
enum http_dialect { HTTP_GITHUB, HTTP_JIRA };

struct http_config {
	enum http_dialect dialect;
	const char *base_url;
	const char *const *headers; /* NULL-ended, without Authorization */
	/* Fills in the Authorization value; called before each request, so
	 * that it may renew.  -1: *why says what failed (authentication). */
	int (*authorize)(void *arg, char *value, size_t size, const char **why);
	void *authorize_arg;
	unsigned connections;
	unsigned retries;
	const char *cache_dir; /* NULL: no cache */
	int64_t cache_bytes;   /* the oldest go when it grows beyond */
	bool stale_if_error;
	int64_t max_wait;   /* ms, for any one wait at the gate */
	int64_t not_before; /* ms since the epoch: nothing is sent before */
	unsigned requests_per_hour; /* own cap, 0: none */
	const char *ca_file;	    /* NULL: the system's */
	/* Called about four times a second while http_run is busy or waits at
	 * the gate; it may call http_stop.  NULL: none. */
	void (*tick)(void *arg);
	void *tick_arg;
};

/* What became of one request.  Valid during done only. */
struct http_reply {
	long status;	  /* 200 also when the cache answered a 304 */
	const char *body; /* NUL-ended */
	size_t len;
	const char *url;  /* as it was asked */
	const char *next; /* absolute, of Link rel=next, same origin; or NULL */
	const char *etag;
	bool unchanged;		  /* a 304: body is the cached one */
	bool stale;		  /* the API failed: body is the cached one */
	enum outcome_class class; /* NONE: a 2xx (or 3xx/4xx that the caller
				     asked to see by http_expect) */
	const char *why; /* the server's message, or curl's, one line */
};

typedef void http_done(void *arg, const struct http_reply *reply);

struct http_request {
	const char *url;  /* a path below base_url, or absolute in its origin */
	const char *body; /* POST this JSON; NULL: GET */
	int priority;	  /* smaller goes first */
	bool no_cache;
	http_done *done;
	void *arg;
};

struct http *http_open(const struct http_config *config, char **why);
void http_close(struct http *http);

void http_send(struct http *http, const struct http_request *request);

/* Until nothing is under way or waiting.  EX_OK; or the code of what ends the
 * whole run: 77 (401, and 403 without a limit on the first request), 75 with
 * *not_before when the gate would wait too long or after http_stop. */
int http_run(struct http *http);
/* Asks http_run to end: requests under way are finished, none is begun. */
void http_stop(struct http *http);
const char *http_why(const struct http *http);
enum outcome_class http_class(const struct http *http);
int64_t http_not_before(const struct http *http);

size_t http_waiting(const struct http *http); /* queued and under way */

struct http_stats {
	unsigned long requests, retries, unchanged, from_cache, waits;
	int64_t bytes_in, waited_ms;
	double ms_total, ms_most; /* response times */
	long quota_left;	  /* -1: not told */
	int64_t quota_reset;
};
const struct http_stats *http_stats(const struct http *http);

/* A header of the reply under way, or NULL; only inside done. */
const char *http_header(const struct http_reply *reply, const char *name);

/* The target of rel="next" in a Link header, or NULL; allocated.  pure. */
char *http_link_next(const char *header);

#endif
