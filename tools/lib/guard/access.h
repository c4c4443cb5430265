/*
 * access - who asks, what he may, and whether his request may be looked at at
 * all: Host, Origin, peer or bearer token, rate.  Deny is the rule.
 *
 *   access_screen    the Host and the Origin, before anything is looked at
 *   access_who       the caller, by his peer or his token
 *   access_may_write the rate of what changes something
 *
 * Each returns 0, or the status to refuse with (400 401 403 421 429; a 401 goes
 * with a WWW-Authenticate) and fills in *refusal.
 *
 * On a unix socket the peer counts, whatever token comes along; behind a proxy
 * the peer is the proxy, so there a token is needed on any socket.  Ten wrong
 * tokens of one address at once, and one each 6 s, are answered 401, more 429;
 * a good one is never kept out by them.
 */
#ifndef PULSE_ACCESS_H
#define PULSE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/command.h"
#include "jobs/rooms.h"
#include "net/httpd.h"

struct access;

struct access_options {
	const struct rooms *rooms; /* where the tokens are; it stays */
	bool proxied;  /* --behind-proxy: the last of X-Forwarded-For is who */
	uint16_t port; /* of a TCP listener; 0: of a unix socket */
	/* Names, with or without port, under which it may be asked as well:
	 * NULL-ended, or NULL; they stay. */
	char *const *hosts;
	enum command_role
		group_role; /* of a peer who is neither owner nor root */
	/* What the log should say: tokens that cannot be read, tries that
	 * failed; or NULL. */
	void (*say)(void *arg, const char *text);
	void *arg;
};

struct access *access_open(const struct access_options *options);
void access_close(struct access *access);

struct access_who {
	bool known;
	enum command_role role;
	char name[COMMAND_TEXT]; /* for the record: "token ci", "alice" */
	char from[64];		 /* "127.0.0.1", "uid 1000" */
	char token[24];		 /* the token's public id, "" of a peer */
	int64_t until;		 /* ms; 0: for ever */
};

struct access_refusal {
	const char *code, *hint; /* literals */
	char message[160];
	int64_t retry_after; /* s, 0: not said */
};

unsigned access_screen(struct access *access,
		       const struct httpd_request *request,
		       struct access_refusal *refusal);
/* needed false: who says nothing of himself is let through with known false. */
unsigned access_who(struct access *access, const struct httpd_request *request,
		    bool needed, int64_t now, struct access_who *who,
		    struct access_refusal *refusal);
/* 5 a second, 10 at once, of a token or a peer.  Not to be asked for an
 * emergency stop.  now: any clock. */
unsigned access_may_write(struct access *access, const struct access_who *who,
			  int64_t now, struct access_refusal *refusal);

/* Is a command that was refused for the role put on record?  10 at once, one a
 * minute: more would push what was done out of the audit. */
bool access_is_told_of(struct access *access, const struct access_who *who,
		       int64_t now);

/* Is a token that was good still so (it may have ended, or been taken away)? */
bool access_holds(struct access *access, const struct access_who *who,
		  int64_t now);

#endif
