/*
 * place - where pulse-web listens, and whether it may be asked there.
 *
 *   listener = place_listen("127.0.0.1:8014", &why);
 *   place_is_open(listener, &place, &why)
 *
 * Reasons are allocated: "on 'WHERE': what is wrong".
 */
#ifndef PULSE_PLACE_H
#define PULSE_PLACE_H

#include <stdbool.h>

#include "jobs/rooms.h"

/* said: PATH or ADDR:PORT; NULL: the socket that systemd passes, else one that
 * only this user, and whom its folder lets in, can reach.  -1 with *why. */
int place_listen(const char *said, char **why);

struct place {
	const char *said;	   /* as above */
	bool proxied;		   /* a proxy is in front */
	const struct rooms *rooms; /* where the tokens are */
};

/* Whoever can be reached from elsewhere must know who is who: behind a proxy,
 * with tokens.  0, or -1 with *why. */
int place_is_open(int listener, const struct place *place, char **why);

#endif
