/*
 * inquiry - what a request wants of the figures, checked against what there is
 * before any program runs.
 *
 *   if (!inquiry_read(&inquiry, x)) return;      it is refused
 *   inquiry_program(&inquiry, x, &program);      metrics with its options
 *   inquiry_drop(&inquiry);
 */
#ifndef PULSE_INQUIRY_H
#define PULSE_INQUIRY_H

#include "measure/catalogue.h"
#include "measure/choices.h"
#include "web/program.h"

enum inquiry_format { INQUIRY_JSON, INQUIRY_NDJSON, INQUIRY_CSV, INQUIRY_SVG };

struct inquiry {
	const char *name; /* of a metric or a set, from the path */
	enum inquiry_format format;
	const char *trend, *bands, *chart; /* or NULL */
	int64_t client;			   /* -1: not said */
	bool rows, bots, bare;
	struct cli_list set; /* "NAME=VALUE" */
	struct request request;
	struct metrics *metrics;
	struct catalogue_choice choice;
	struct settings *settings; /* NULL: they are no good */
};

bool inquiry_read(struct inquiry *inquiry, struct exchange *x);
void inquiry_drop(struct inquiry *inquiry);

void inquiry_program(const struct inquiry *inquiry, const struct exchange *x,
		     struct program *program);

/* The metrics there are, or NULL: refused. */
struct metrics *inquiry_metrics(struct exchange *x);

#endif
