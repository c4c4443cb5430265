/*
 * tickets - what lets a browser's WebSocket in, since that can send no
 * Authorization: good once, for 30 seconds, in memory only.
 *
 * The WebSocket offers the subprotocols "pulse.v1" and "ticket." + ticket; it
 * never stands in the address.  now is clock_now.
 */
#ifndef PULSE_TICKETS_H
#define PULSE_TICKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "guard/access.h"

struct tickets;

enum { TICKETS_TEXT = 48, TICKETS_LIFE = 30000, TICKETS_MOST = 256 };

struct tickets *tickets_new(void);
void tickets_free(struct tickets *tickets);

/* False: too many are out. */
bool tickets_make(struct tickets *tickets, const struct access_who *who,
		  int64_t now, char text[TICKETS_TEXT]);
/* Uses it up. */
bool tickets_take(struct tickets *tickets, const char *text, int64_t now,
		  struct access_who *who);

#endif
