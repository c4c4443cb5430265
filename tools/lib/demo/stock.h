/*
 * stock - JSON written once and then copied into every answer: users,
 * projects, types, statuses, priorities, resolutions, versions, paragraphs.
 * In Jira's payloads these make up most of the bytes.
 */
#ifndef PULSE_STOCK_H
#define PULSE_STOCK_H

#include "base/jsonw.h"
#include "demo/tracker.h"

struct stock_piece {
	char *json;
	size_t len;
};

enum { STOCK_PARAGRAPHS = 96 };

struct stock {
	struct stock_piece *users;  /* as in an issue */
	struct stock_piece *people; /* as in a list of users */
	struct stock_piece *projects;
	struct stock_piece *types;
	struct stock_piece *statuses;
	struct stock_piece *categories;
	struct stock_piece *priorities;
	struct stock_piece *resolutions;
	struct stock_piece *versions;
	struct stock_piece nodes[STOCK_PARAGRAPHS]; /* of a document */
	struct stock_piece texts[STOCK_PARAGRAPHS]; /* words, unquoted */
};

struct stock *stock_new(const struct tracker *tracker);
void stock_free(struct stock *stock, const struct tracker *tracker);

/* A value from the stock. */
void stock_put(struct jsonw *w, const struct stock_piece *piece);
void stock_member(struct jsonw *w, const char *name,
		  const struct stock_piece *piece);

#endif
