/*
 * listing - rows out, as a table for people, as CSV or as NDJSON.
 *
 *   struct listing *list = listing_open(stdout, LISTING_TABLE, columns);
 *   listing_text(list, name, len); listing_int(list, 5); ...   row after row
 *   listing_close(list);
 *
 * columns is NULL-ended; a row ends by itself when it has a cell for each.
 * - table: upper-case heads, as wide as needed, columns of numbers to the
 *   right, columns of nothing but "" left out; control bytes, bidi marks and
 * bad UTF-8 show as \xNN, so that no name from outside reaches the terminal as
 * a command.  No rows: no head.
 * - CSV: RFC 4180 with a head and LF; a text that a spreadsheet would take for
 *   a formula (= + - @, tab or CR in front) gets an apostrophe before it.
 * - NDJSON: one object a line, the columns as keys, null where nothing is.
 * Errors of the stream are the caller's to look for (msg_end_output).
 */
#ifndef PULSE_LISTING_H
#define PULSE_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum listing_format { LISTING_TABLE, LISTING_CSV, LISTING_NDJSON };

struct listing;

/* table, csv, ndjson; false for another name. */
bool listing_format(const char *name, enum listing_format *format);

struct listing *listing_open(FILE *out, enum listing_format format,
			     const char *const *columns);
/* Sets a column of a table to the right, whatever is in it. */
void listing_right(struct listing *list, size_t column);

void listing_text(struct listing *list, const char *text, size_t len);
void listing_string(struct listing *list, const char *text); /* NULL: null */
void listing_int(struct listing *list, int64_t number);
void listing_real(struct listing *list, double number);
void listing_null(struct listing *list);

/* Prints what is left and frees. */
void listing_close(struct listing *list);
/* Frees; a table is not printed. */
void listing_drop(struct listing *list);

/* Writes text as a table shows it; returns how many columns it takes. */
size_t listing_show(FILE *out, const char *text, size_t len);

#endif
