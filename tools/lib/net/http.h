/*
 * http - requests to one API with one credential, several at once, through
 * one gate.  The only module that talks to libcurl.
 *
 *   struct http *http = http_open(&config, &why);
 *   http_send(http, &request);
 *   code = http_run(http);              calls done for each, until idle
 *   http_close(http);
 *
 * done may send more.  Requests go out in the order of their priority, then
 * first come first served, at most `connections` at once.  What may pass by
 * itself (time-out, reset, cut body, 500 502 503 504, 429) is tried again here
 * with backoff, `retries` times; done hears only the end.
 *
 * The gate (net/gate.h): a Retry-After, a spent quota or a secondary limit
 * stops every connection; Jira's RateLimit-Reason jira-burst-based slows that
 * one request only.  A wait that would go beyond max_wait ends the run.  A 401
 * ends it at once.  Requests that an end of the run leaves unanswered are
 * dropped without a call of done.
 *
 * The credential goes to the origin of base_url and nowhere else: redirects
 * (3 at most are followed) and next links to another scheme, host, port or
 * path prefix are refused (76).  Plain http only to loopback.
 *
 * The body of a 2xx is valid JSON as a whole (records/json.h), or empty; at
 * most 64 MiB after unpacking.  Headers: at most 64 KiB.
 */
#ifndef PULSE_HTTP_H
#define PULSE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

struct http;

struct http_config {
	const char *base_url;
	const char *const *headers; /* NULL-ended, without Authorization */
	/* Fills in the Authorization value; called before each request, so
	 * that it may renew.  -1: *why says what failed (authentication). */
	int (*authorize)(void *arg, char *value, size_t size, const char **why);
	void *authorize_arg;
	/* Who asks, for the keys of the cache; NULL: the Authorization value,
	 * which then must not change.  Only its digest is kept. */
	const char *identity;
	unsigned connections;
	unsigned retries;
	int64_t backoff_factor; /* between them; below 1: 2 */
	const char *cache_dir;	/* NULL: no cache */
	int64_t cache_bytes;	/* the oldest go beyond that; 0: 512 MiB */
	bool stale_if_error;	/* cached answers when the API is down */
	int64_t max_wait;	/* ms, for any one wait */
	int64_t timeout;	/* ms, of a request as a whole; 0: 10 minutes */
	int64_t not_before;	/* ms since the epoch: nothing is sent before */
	unsigned requests_per_hour;   /* own cap, 0: none */
	unsigned requests_per_minute; /* likewise */
	const char *ca_file;	      /* NULL: the system's */
	const char *proxy;	      /* NULL: none, whatever the environment */
	/* Called about four times a second while http_run is busy or waits at
	 * the gate; it may call http_stop.  NULL: none. */
	void (*tick)(void *arg);
	void *tick_arg;
};

struct http_headers;

/* What became of one request.  Valid during done only. */
struct http_reply {
	long status;	  /* 0: no answer; 200 when the cache answers a 304 */
	const char *body; /* NUL-ended */
	size_t len;
	const char *url;  /* absolute, as it was asked last */
	const char *next; /* absolute, of Link rel=next, same origin; or NULL */
	const char *etag; /* as it came, or NULL */
	int64_t at;	  /* when the answer came, ms since the epoch */
	bool unchanged;	  /* a 304: body is the cached one */
	bool stale;	  /* the API failed: body is the cached one */
	enum outcome_class class; /* NONE: a 2xx */
	int code;		  /* outcome_code(class), or 76 */
	const char *why;	  /* one line when class is not NONE */
	int64_t not_before;	  /* the server's hint, or 0 */
	const struct http_headers *headers;
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

/* NULL with *why (allocated) when base_url is no http(s) URL, is plain http to
 * another host than loopback, or the cache cannot be made. */
struct http *http_open(const struct http_config *config, char **why);
void http_close(struct http *http);

/* Copies url and body.  A url of another origin is answered with 76. */
void http_send(struct http *http, const struct http_request *request);

/*
 * Until nothing is under way or waiting.  EX_OK, or the code of what ends the
 * whole run, with http_class, http_why and http_not_before:
 *   77 the credential was refused (401)
 *   75 the gate would stay closed beyond max_wait (class api_rate_limit, with
 *      not_before), or http_stop was called (class none)
 *   69 config.not_before lies beyond max_wait (with stale_if_error the
 *      cache answers instead)
 * Some 30 failures in a row (no answer, 5xx), each after all its tries, end it
 * with 75 too: a long queue does not have to find out for each in turn.
 */
int http_run(struct http *http);
/* Asks http_run to end: requests under way are finished, none is begun. */
void http_stop(struct http *http);
bool http_is_stopping(const struct http *http);
const char *http_why(const struct http *http);
enum outcome_class http_class(const struct http *http);
int64_t http_not_before(const struct http *http);

size_t http_waiting(const struct http *http); /* queued and under way */
unsigned http_under_way(const struct http *http);
/* While the gate is closed: when it opens, ms since the epoch; else 0. */
int64_t http_opens(const struct http *http);

struct http_stats {
	unsigned long requests; /* sent, retries included */
	unsigned long retries, unchanged, from_cache, waits;
	int64_t bytes_in; /* unpacked */
	int64_t waited_ms;
	double ms_mean, ms_p95; /* response times */
	bool cache_broken;	/* it could not be written */
	long quota_left;	/* -1: not told */
	int64_t quota_reset;	/* ms since the epoch, or 0 */
	long quota_limit;	/* per hour, or -1 */
};
struct http_stats http_stats(const struct http *http);

/* Of the library behind it: "7.88.1". */
const char *http_library(void);

/* A header's value, or NULL; name in any case. */
const char *http_header(const struct http_reply *reply, const char *name);

#endif
