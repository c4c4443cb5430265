/*
 * findingsfile - what health-check found last: spool/health.ndjson.
 *
 *   struct findingsfile file;
 *   findingsfile_read(&file, rooms->spool);
 *   while (findingsfile_next(&file, &finding)) ...
 *   findingsfile_free(&file);
 */
#ifndef PULSE_FINDINGSFILE_H
#define PULSE_FINDINGSFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "records/json.h"

struct findingsfile {
	char *text; /* NULL: there is none */
	int64_t at; /* ms: when it was written */
	const char *rest;
	struct json_paths *paths;
};

struct findingsfile_line {
	const char *text; /* the whole object, borrowed */
	size_t len;
	int64_t client; /* 0: of the host */
	struct json_span check, subject, level, value, message, way_out;
};

void findingsfile_read(struct findingsfile *file, int spool);
/* Lines that are none are passed over.  What it hands out is borrowed until
 * findingsfile_free. */
bool findingsfile_next(struct findingsfile *file,
		       struct findingsfile_line *line);
void findingsfile_free(struct findingsfile *file);

#endif
