/*
 * answers - bodies made once and sent many times, with their ETags, plain and
 * gzipped.
 *
 *   answer = answers_find(answers, key)  or
 *   answer = answers_keep(answers, key, body, len, link);
 *   answer_send(answer, request, reply);         consumes the reference
 *
 * A body lives until the last reply that sends it is out, so a change of the
 * world may forget all answers at any time.  Safe between threads.
 */
#ifndef PULSE_ANSWERS_H
#define PULSE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "net/httpd.h"

struct answers;
struct answer;

struct answers *answers_new(size_t most_bytes);
void answers_free(struct answers *answers);
void answers_forget(struct answers *answers);

/* NULL when there is none. */
struct answer *answers_find(struct answers *answers, const char *key);
/* Takes body (malloc); link may be NULL. */
struct answer *answers_keep(struct answers *answers, const char *key,
			    char *body, size_t len, const char *link);

/* Does the request already have it (If-None-Match, weakly compared)? */
bool answer_is_known(const struct answer *answer,
		     const struct httpd_request *request);
/* 304 when it is known, else 200 with the body; with ETag and Link. */
void answer_send(struct answer *answer, const struct httpd_request *request,
		 struct httpd_reply *reply);

#endif
