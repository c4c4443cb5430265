/*
 * exchange - one request that may be answered, and how it is answered: JSON,
 * errors of one shape, lists by pages, ETag, gzip.
 *
 * A handler calls exactly one of the answers below, now, or after
 * exchange_later when what it waits for has come:
 *
 *   exchange_json(x, 200, &w);
 *   exchange_refuse(x, 404, "no_such_job", "there is no job 'x'",
 *                   "GET /api/v1/jobs lists them");
 *
 * Errors: {"error":{"code":WORD,"message":TEXT,"hint":TEXT}}, hint may be NULL.
 */
#ifndef PULSE_EXCHANGE_H
#define PULSE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "guard/access.h"
#include "net/httpd.h"
#include "web/routes.h"
#include "web/web.h"

enum {
	EXCHANGE_ID = 24,
	EXCHANGE_MOST = 1000, /* elements of a list in one answer */
	EXCHANGE_PAGE = 100,  /* when ?limit is not given */
	EXCHANGE_TAG = 36
};

struct exchange {
	struct web *web;
	const struct httpd_request *request;
	struct httpd_reply *reply;
	const struct route *route;
	char parts[ROUTES_PARTS][ROUTES_PART]; /* of the path's {…}, in order */
	struct access_who who;
	char id[EXCHANGE_ID];	   /* for the audit, and X-Request-Id */
	struct httpd_later *later; /* or NULL; freed by its answer */
	void (*gone)(void *arg);
	void *arg;
};

/*
 * The answer comes later: returns the exchange to keep (x itself is gone when
 * the handler returns).  gone(arg) is called when the client leaves before; the
 * kept exchange is not there any more then.
 */
struct exchange *exchange_later(struct exchange *x, void (*gone)(void *arg),
				void *arg);

/* w is freed.  With status 200 to a GET it carries an ETag, is answered 304
 * when the client has it, and gzipped when the client takes that. */
void exchange_json(struct exchange *x, unsigned status, struct jsonw *w);
/* Any other body, owned from now on (free); type such as "text/csv". */
void exchange_body(struct exchange *x, unsigned status, const char *type,
		   char *bytes, size_t len);
/* 200 with bytes that are kept elsewhere, packed already (or NULL), until
 * release is called; 304 when the client has that tag. */
struct exchange_document {
	const char *type, *bytes, *packed;
	size_t len, packed_len;
	char tag[EXCHANGE_TAG];
	void (*release)(void *arg); /* or NULL */
	void *arg;
};
void exchange_give(struct exchange *x,
		   const struct exchange_document *document);
/* 200 with a body as above whose ETag is known otherwise. */
void exchange_tagged(struct exchange *x, const char tag[EXCHANGE_TAG],
		     const char *type, char *bytes, size_t len);
/* True: the client has that tag, and was answered 304. */
bool exchange_unchanged(struct exchange *x, const char tag[EXCHANGE_TAG]);
bool exchange_takes_gzip(const struct exchange *x);
/* The ETag of these bytes, quotes included. */
void exchange_tag(const char *bytes, size_t len, char out[EXCHANGE_TAG]);

void exchange_refuse(struct exchange *x, unsigned status, const char *code,
		     const char *message, const char *hint);
/* The same with a message that is put together as printf does. */
void exchange_refusef(struct exchange *x, unsigned status, const char *code,
		      const char *hint, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* The member "error" of the object that is open. */
void exchange_error(struct jsonw *w, const char *code, const char *message,
		    const char *hint);

/* The reply is filled in by other means (a stream, an upgrade): it is sent. */
void exchange_send(struct exchange *x);

/* A query argument, or NULL when it was not given. */
const char *exchange_argument(const struct exchange *x, const char *name);
/* What follows returns false when the argument is no good: the request is
 * refused by then (400), and the handler returns.
 * ?limit=: EXCHANGE_PAGE when not given; ?client=: -1. */
bool exchange_limit(struct exchange *x, size_t *limit);
bool exchange_client(struct exchange *x, int64_t *client);
struct exchange_range {
	int64_t least, most, none; /* none: when it is not given */
};
bool exchange_number(struct exchange *x, const char *name,
		     const struct exchange_range *range, int64_t *number);
/* A point in time (times_parse_point), ms; 0: not given. */
bool exchange_time(struct exchange *x, const char *name, int64_t now,
		   int64_t *time);

#endif
