/*
 * loader - a stream of lines into a store: rows and cursors in transactions
 * that end at checkpoint lines.
 *
 *   loader = loader_open(store, rules, &config, &why);
 *   while (ndjson_next(in, &line))
 *           switch (loader_line(loader, &line, &why)) ...
 *   loader_end(loader, &why);
 *   loader_close(loader);
 *
 * A transaction is committed at the first checkpoint line after 10,000 rows or
 * one second, and at the end; rows and cursors of one commit stand or fall
 * together.  A line that is refused leaves no trace.  A crash loses what was
 * not committed, and the cursors say from where to load or fetch again.
 */
#ifndef PULSE_LOADER_H
#define PULSE_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "records/ndjson.h"
#include "records/rules.h"
#include "storage/entity.h"
#include "storage/store.h"

struct loader;

struct loader_config {
	const char *checkpoints; /* folder of cursor files, or NULL */
	const char *job;	 /* whose files are written in any case */
	bool dry_run;		 /* roll back at the end */
};

enum loader_outcome {
	LOADER_TAKEN,
	LOADER_SKIPPED, /* of a type that has no table or no file */
	LOADER_REFUSED, /* no record: *why, borrowed until the next call */
	LOADER_FAILED	/* nothing can go on: *why likewise, loader_class */
};

/* store and rules are borrowed.  NULL with *why (allocated). */
struct loader *loader_open(struct store *store, const struct rules *rules,
			   const struct loader_config *config, char **why);
void loader_close(struct loader *loader); /* rolls back what is open */

enum loader_outcome loader_line(struct loader *loader,
				const struct ndjson_line *line,
				const char **why);
/* LOADER_TAKEN or LOADER_FAILED. */
enum loader_outcome loader_end(struct loader *loader, const char **why);

/* After LOADER_FAILED: how it counts. */
enum outcome_class loader_class(const struct loader *loader);

struct loader_counts {
	uint64_t lines, records, controls, skipped, refused, commits;
	uint64_t cursors, held; /* stored, not stored */
	int64_t commit_ms;	/* spent on committing */
};
void loader_counts(const struct loader *loader, struct loader_counts *counts);
/* By table, as entity_counts; tables met only. */
bool loader_table(const struct loader *loader, size_t i,
		  struct entity_counts *counts);

#endif
