/*
 * deed - something that a request changes, as the audit tells it: a line before
 * the act, and one with what came of it, also when the client has left.
 *
 *   deed_begin(&deed, x, command, detail)   -1 with errno: there is no line
 *   ... the act ...
 *   deed_end(&deed, 202, message)            once, whichever way it ends
 */
#ifndef PULSE_DEED_H
#define PULSE_DEED_H

#include "web/exchange.h"

struct deed { /* all its own: an exchange goes with its client */
	struct web *web;
	struct access_who who;
	char request[EXCHANGE_ID];
	const char *method;
	char *path, *detail;
	char job[NAMES_SIZE]; /* "": none */
	int64_t client;	      /* -1: not said */
};

/* command: whose job it is about, or NULL; detail: it as JSON, or "". */
int deed_begin(struct deed *deed, const struct exchange *x,
	       const struct command *command, const char *detail);
/* Frees what it holds; without deed_begin it does nothing. */
void deed_end(struct deed *deed, int status, const char *message);
/* What x may not do for his role: one line with the result 403, as often as
 * access_is_told_of lets it.  The caller refuses x. */
void deed_forbid(const struct exchange *x, const struct command *command,
		 const char *detail, const char *message);

#endif
