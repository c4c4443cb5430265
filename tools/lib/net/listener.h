/*
 * listener - a listening socket: inherited from systemd, a path, or an address.
 *
 *   fd = listener_open("127.0.0.1:8014", 0660, &why)
 *   fd = listener_open("/run/pulse/web.sock", 0660, &why)
 *
 * A path is replaced when nobody listens on it any more, and refused when
 * somebody does.
 */
#ifndef PULSE_LISTENER_H
#define PULSE_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* PATH (with a `/` in it), ADDR:PORT or [ADDR]:PORT; no names.  -1 with *why
 * (allocated). */
int listener_open(const char *where, mode_t mode, char **why);

/* The one socket that systemd has passed (sd_listen_fds(3): LISTEN_PID,
 * LISTEN_FDS), taken out of the environment; -1: none; -2 with *why: more than
 * one, or not a listening stream socket. */
int listener_inherited(char **why);

/* Of any of the two. */
bool listener_is_local(int fd);	   /* a unix socket */
bool listener_is_loopback(int fd); /* 127.0.0.0/8 or ::1 */
uint16_t listener_port(int fd);	   /* 0 of a unix socket */

#endif
