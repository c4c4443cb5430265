/*
 * scopes - what a run knows of each scope: its last cursor and how it ended.
 *
 *   struct scopes scopes = { .file = checkpoint_load(...) };
 *   cursor = scopes_cursor(&scopes, "acme/api", &len);
 *   scopes_remember(&scopes, "acme/api", text, len);
 *   code = scopes_code(&scopes);
 *   scopes_free(&scopes);
 */
#ifndef PULSE_SCOPES_H
#define PULSE_SCOPES_H

#include <stdbool.h>
#include <stddef.h>

#include "storage/checkpoint.h"

struct scopes {
	struct checkpoint *file; /* owned; what the run starts from */
	void *tree;
	unsigned long completed, failed, items_failed, items_resolved;
	int worst; /* code of the scopes and items that failed */
};

/* The last cursor of this run, else the file's, else NULL. */
const char *scopes_cursor(const struct scopes *scopes, const char *scope,
			  size_t *len);
void scopes_remember(struct scopes *scopes, const char *scope,
		     const char *cursor, size_t len);
void scopes_completed(struct scopes *scopes, const char *scope);
/* code: of the failure's class.  item: its scope goes on. */
void scopes_failed(struct scopes *scopes, int code, bool item);

/* 0 when nothing failed; 121 when a scope was completed or an item fetched
 * all the same; else the worst code. */
int scopes_code(const struct scopes *scopes);
void scopes_free(struct scopes *scopes);

#endif
