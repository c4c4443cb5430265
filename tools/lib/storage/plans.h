/*
 * plans - how records of one type are put into their table: which value goes
 * into which column, and the statements for it.
 *
 *   plan = plans_open(store, type, &why);
 *   ...fill plan->values, bind plan->insert and so on...
 *   plans_free(plan);
 *
 * values[i] is column i of the table; behind those stand the fields that the
 * table has no column for, which go to the rows of children by their name.
 */
#ifndef PULSE_PLANS_H
#define PULSE_PLANS_H

#include "records/rules.h"
#include "storage/tables.h"

enum { PLANS_KEYS = 4 };

/* Where a column of a child's row comes from. */
enum plans_origin {
	PLANS_PARENT,	/* the value of that number of the record */
	PLANS_ELEMENT,	/* the field of that number of the element */
	PLANS_POSITION, /* the element's place in the array */
	PLANS_NOWHERE
};

struct plans_child {
	const struct rules_child *rules;
	struct tables_table *table;
	struct plans_from {
		enum plans_origin origin;
		size_t number;
	} * from;		 /* per column */
	struct json_span *spans; /* of one element */
	struct value *rows;	 /* the elements' fields, row after row */
	size_t count, size;	 /* in rows */
	struct store_query *insert, *clear;
};

struct plans_plan {
	const struct rules_type *type;
	struct tables_table *table;
	int client, source, scope, updated, fetched, digest, deleted;
	int keys[PLANS_KEYS]; /* the columns that the envelope's key fills */
	size_t key_count;
	size_t parent; /* which of them a keys line's parent names; key_count:
			  none */
	bool renames;  /* its scope is a repository's name */
	bool moves;    /* its scope is no part of its key */
	bool names;    /* it says what a repository is called */
	int *places;   /* per field of the type: in values, -1: not stored */
	bool *instead; /* per field: only when an earlier one of the same
			  column gave nothing */
	struct value *values;
	size_t value_count;
	struct plans_child *children;
	struct store_query *insert, *look, *update, *touch;
	struct store_query *scan[2]; /* absence's own, of a scope or parent */
	bool look_first;	     /* the last row was there already */
	uint64_t added, changed, same, older, deletions;
};

/* NULL with *why (allocated) when rules and database do not fit. */
struct plans_plan *plans_open(struct store *store,
			      const struct rules_type *type, char **why);
void plans_free(struct plans_plan *plan);

/* A row's standing as plan->look hands it out. */
enum plans_look {
	PLANS_UPDATED,
	PLANS_FETCHED,
	PLANS_DIGEST,
	PLANS_DELETED,
	PLANS_SCOPE
};

#endif
