/*
 * audit - spool/audit.ndjson: who asked for what that changes something, when,
 * from where and what came of it.  The line stands on disk before the act; a
 * second one says the result.  Keys: at, request, who, role, from, method,
 * path, job, client, detail (the command as it was asked), result (an HTTP
 * status, 0 before the act; 403 stands alone), message; what is not known is
 * null.  Whatever looks like a token is written as `pulse_***`.
 *
 * Appended whole, 0600; at AUDIT_LARGEST the file becomes audit.ndjson.1.  What
 * a crash or a full disk has cut off stays a line of its own.
 */
#ifndef PULSE_AUDIT_H
#define PULSE_AUDIT_H

#include <stdint.h>

#include "guard/access.h"
#include "jobs/rooms.h"

enum { AUDIT_LARGEST = 16 << 20 };

struct audit;

/* Never NULL: what cannot be opened now is tried again by each entry.  rooms
 * stay. */
struct audit *audit_open(const struct rooms *rooms);
void audit_close(struct audit *audit);

struct audit_entry {
	const char *request; /* its id */
	const struct access_who *who;
	const char *method, *path;
	const char *job;    /* or NULL */
	int64_t client;	    /* -1: not said */
	const char *detail; /* the body, or "" */
	int status;	    /* 0: not done yet */
	const char *message;
	int64_t now;
};

/* fsynced.  -1 with errno (ELOOP: a link is in the place): there is no such
 * line; only an emergency stop goes on then. */
int audit_write(struct audit *audit, const struct audit_entry *entry);

/* Why no line could be written now, NULL: one could.  Touches nothing; good
 * until the next call of strerror. */
const char *audit_obstacle(const struct rooms *rooms);

#endif
