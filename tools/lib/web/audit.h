/*
 * audit - spool/audit.ndjson: who asked for what that changes something, when,
 * from where and what came of it.  The line stands on disk before the act; a
 * second one says the result.  Keys: at, request, who, role, from, method,
 * path, job, client, detail (the command as it was asked), result (an HTTP
 * status, 0 before the act), message.
 *
 * Appended whole, 0600; at 16 MiB the file becomes audit.ndjson.1.
 */
#ifndef PULSE_AUDIT_H
#define PULSE_AUDIT_H

#include <stdint.h>

#include "base/jsonw.h"
#include "jobs/rooms.h"
#include "web/access.h"

struct audit;

/* Never NULL: what cannot be opened now is tried again by each entry. */
struct audit *audit_open(const struct rooms *rooms);
void audit_close(struct audit *audit);

struct audit_entry {
	const char *request; /* its id */
	const struct access_who *who;
	const char *method, *path;
	const char *detail; /* the body, or "" */
	int status;	    /* 0: not done yet */
	const char *message;
	int64_t now;
};

/* fsynced.  -1 with errno: there is no such line; only an emergency stop goes
 * on then. */
int audit_write(struct audit *audit, const struct audit_entry *entry);

#endif
