/*
 * castoffs - what lies in bad/ of the queues: how many lines a file has, which
 * rules the rejected ones broke and how often, and the command that deals with
 * it.  Of the lines nothing else is told.
 *
 *   shelf_read(dir, client, queue, &shelf);
 *   castoffs_list(&shelf, stdout, LISTING_NDJSON);
 *
 * NDJSON: {"client","queue","name","kind","at","bytes","lines","rules":{RULE:
 * count},"command"}; kind is rejects, batch or tail; rules is null of other
 * kinds, lines of a file that cannot be read; at most CASTOFFS_RULES rules are
 * named, those that come first.
 */
#ifndef PULSE_CASTOFFS_H
#define PULSE_CASTOFFS_H

#include <stdio.h>

#include "base/listing.h"
#include "storage/shelf.h"

enum { CASTOFFS_RULES = 50 };

void castoffs_list(const struct shelf *shelf, FILE *out,
		   enum listing_format format);

#endif
