/*
 * parts - what one command prints, made into batches: the parts of one put.
 *
 *   parts = parts_open(queue, part_size);
 *   while (parts_read(parts, fd) > 0) ...       whatever stands in the pipe
 *   parts_end(parts, code, &result);            frees it, also on -1
 *
 * A part begins with {"type":"batch","put":ID,"part":K} and ends with the same
 * and "end":true.  It is cut at the first line end past part_size, but waits in
 * tmp/ until a checkpoint line has passed, in it or in a later part: so nothing
 * that parts_end may have to drop is ever in new/.  Code 0 or 121 of the
 * command commits all; any other commits up to the last checkpoint line, and
 * after 65, 70 and 76 what is behind it is kept in bad/ID.tail, the newest
 * three of the queue.  A last line without LF is never committed.
 */
#ifndef PULSE_PARTS_H
#define PULSE_PARTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "storage/queue.h"

struct parts;

struct parts_result {
	unsigned batches; /* committed */
	off_t bytes, dropped;
	bool torn; /* the last line had no LF */
	char id[64];
};

/* Begins the first part, so that a spool that cannot be written shows before
 * the command runs. */
struct parts *parts_open(struct queue *queue, off_t part_size);

/* One read(2) from fd: what it returned, or -1 with errno, of the reading or
 * of the writing.  After -1, other than EAGAIN and EINTR, only parts_end. */
ssize_t parts_read(struct parts *parts, int fd);

int parts_end(struct parts *parts, int code, struct parts_result *result);

#endif
