/*
 * notify - tells systemd how the service does: one datagram to $NOTIFY_SOCKET,
 * sd_notify(3)'s protocol by hand.  Without the variable all of it does
 * nothing.
 */
#ifndef PULSE_NOTIFY_H
#define PULSE_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STATUS=...", "WATCHDOG=1", "RELOADING=1\nMONOTONIC_USEC=…" */
int notify_send(const char *state); /* 0 sent, 1 nobody asked, -1 errno */
/* How often WATCHDOG=1 is to be sent, ms (half of $WATCHDOG_USEC when it is
 * for this process); 0: not at all. */
int64_t notify_interval(void);

#endif
