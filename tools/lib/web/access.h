/*
 * access - who asks, what he may, and whether his request may be looked at at
 * all: Host, Origin, peer or bearer token, rate.  Deny is the rule.
 *
 *   access_screen    the Host and the Origin, before anything is looked at
 *   access_who       the caller, by his peer or his token
 *   access_may_write the rate of what changes something
 *
 * Each returns 0, or the status to refuse with (400 401 403 421 429) and fills
 * in *refusal.
 */
#ifndef PULSE_ACCESS_H
#define PULSE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/command.h"
#include "net/httpd.h"

struct access;
struct loop;

struct access_options {
	const char *spool; /* where the tokens are */
	bool local;	   /* the listener is a unix socket */
	bool proxied;  /* --behind-proxy: X-Forwarded-For names the client */
	uint16_t port; /* of a TCP listener */
	/* Names, with or without port, under which it may be asked as well. */
	char *const *hosts; /* NULL-ended, or NULL */
	enum command_role
		group_role; /* of a peer who is neither owner nor root */
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
/* needed false: who is not known is let through with known false. */
unsigned access_who(struct access *access, const struct httpd_request *request,
		    bool needed, int64_t now, struct access_who *who,
		    struct access_refusal *refusal);
unsigned access_may_write(struct access *access, const struct access_who *who,
			  int64_t now, struct access_refusal *refusal);

/* Is a token that was good still so (it may have ended, or been taken away)? */
bool access_holds(struct access *access, const struct access_who *who,
		  int64_t now);

#endif
