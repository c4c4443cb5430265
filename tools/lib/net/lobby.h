/*
 * lobby - where a connection waits until the head of its request is whole and
 * as it must be; the others are refused here, in words, and never seen by the
 * server library.  Of net/httpd only.
 *
 * The bytes are looked at without being taken, so that who is admitted reads
 * them all.  A refused one is read on for a moment and thrown away, else the
 * refusal would be lost to the reset of a connection closed with bytes unread.
 */
#ifndef PULSE_LOBBY_H
#define PULSE_LOBBY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "net/httpd.h"

struct lobby;

enum lobby_state {
	LOBBY_WAITING,
	LOBBY_ADMITTED, /* its body is not whole yet */
	LOBBY_SERVED,
	LOBBY_REFUSED
};

/* One connection. */
struct guest {
	int fd;
	enum lobby_state state;
	bool watched, touched; /* touched: something has come */
	struct sockaddr_storage from;
	socklen_t from_len;
	int64_t until; /* clock_monotonic ms; not of LOBBY_SERVED */
	void *serving; /* httpd's */
	size_t place;  /* the lobby's */
};

struct lobby_config {
	const struct httpd_limits *limits;
	/* The guest's descriptor is its own from now on; then lobby_forget. */
	void (*admit)(void *arg, struct guest *guest);
	/* A watched guest has gone. */
	void (*gone)(void *arg, struct guest *guest);
	/* As httpd_config's; or NULL. */
	void (*refuse)(void *arg, unsigned status, struct httpd_reply *reply);
	void *arg, *refuse_arg;
};

/* NULL with errno; listener is its own from now on, also then. */
struct lobby *lobby_open(const struct lobby_config *config, int listener);
/* Readable when there is something to do, here or in `other`, an epoll. */
int lobby_fd(const struct lobby *lobby);
int lobby_join(struct lobby *lobby, int other);
/* Does it; the ms until it wants to be called again, -1: none. */
int lobby_turn(struct lobby *lobby);

struct guest *lobby_find(struct lobby *lobby, int fd);	/* an admitted one */
struct guest *lobby_nth(struct lobby *lobby, size_t n); /* or NULL */
void lobby_serve(struct guest *guest); /* its request is whole */
/* While nobody reads from an admitted one: call gone when it leaves. */
void lobby_watch(struct lobby *lobby, struct guest *guest);
void lobby_unwatch(struct lobby *lobby, struct guest *guest);
void lobby_forget(struct lobby *lobby, struct guest *guest);

void lobby_close(struct lobby *lobby); /* all are forgotten or waiting */

#endif
