/*
 * head - the comment at the top of a metric's or a table's file, as metric.h
 * describes it, up to `-- rows:` or `-- table:`.
 */
#ifndef PULSE_HEAD_H
#define PULSE_HEAD_H

#include <stdbool.h>

#include "measure/metric.h"

struct head {
	struct metric *metric; /* filled in */
	bool table;	       /* of share/metrics/tables */
	char *at;	       /* what is left of the text, which is cut */
	unsigned line;	       /* the last one read */
	char *why;	       /* the first complaint (allocated), or NULL */
};

/* Afterwards at is what follows the head. */
void head_read(struct head *head);
void head_complain(struct head *head, const char *what);

#endif
