/*
 * reply - what an answer means to the one who asked: the public http_reply
 * with the texts it borrows.  pure.
 *
 *   reply_failed(&reply, class, code, "HTTP 404: Not Found");
 *   reply_good(&reply, base_url, &raw);     checks JSON and the next link
 *   ...done(arg, &reply.public)...
 *   reply_free(&reply);
 */
#ifndef PULSE_REPLY_H
#define PULSE_REPLY_H

#include <stdbool.h>

#include "net/headers.h"
#include "net/http.h"

enum { REPLY_WHY = 320 };

struct reply {
	struct http_reply public;
	char *next;
	char why[REPLY_WHY];
	bool cut; /* the JSON ends too early: worth another try */
};

struct reply_raw {
	const char *url, *body;
	size_t len;
	long status;
	const struct http_headers *headers;
};

/* A 2xx.  Leaves class NONE, or says what is wrong with it. */
void reply_good(struct reply *reply, const char *base_url,
		const struct reply_raw *raw);
/* From the cache: the body is known to be whole. */
void reply_cached(struct reply *reply, const char *base_url,
		  const struct reply_raw *raw, const char *next);
/* code 0: the class's own. */
void reply_failed(struct reply *reply, enum outcome_class class, int code,
		  const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void reply_free(struct reply *reply);

#endif
