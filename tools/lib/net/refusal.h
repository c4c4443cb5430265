/*
 * refusal - the answer to a request that no server library has seen; of
 * net/lobby only.
 */
#ifndef PULSE_REFUSAL_H
#define PULSE_REFUSAL_H

#include "net/httpd.h"

/* Writes it with what refuse (or NULL: nothing) fills in; fd must not have been
 * written to, so that it has room. */
void refusal_send(int fd, unsigned status,
		  void (*refuse)(void *arg, unsigned status,
				 struct httpd_reply *reply),
		  void *arg);

#endif
