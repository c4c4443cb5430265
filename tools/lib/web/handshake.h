/*
 * handshake - what a request for a WebSocket asks (RFC 6455 section 4.2), by
 * its headers alone.  pure.
 */
#ifndef PULSE_HANDSHAKE_H
#define PULSE_HANDSHAKE_H

#include <stdbool.h>

#include "guard/tickets.h"
#include "net/websocket.h"

struct handshake_headers { /* NULL: there is none */
	const char *method, *upgrade, *connection, *version, *key, *protocol;
};

struct handshake {
	char accept[WEBSOCKET_ACCEPT];
	char ticket[TICKETS_TEXT]; /* "": none is offered */
	bool pulse;		   /* the subprotocol "pulse.v1" is */
};

/* 0, or the status to refuse with, 400 or 426, and why (a literal). */
unsigned handshake_read(const struct handshake_headers *headers,
			struct handshake *handshake, const char **why);

#endif
