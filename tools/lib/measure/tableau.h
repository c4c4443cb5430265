/*
 * tableau - one table of a board: metrics that are laid out alike.
 *
 *   struct tableau table = { .bands = bands, .entries = entries, .count = n };
 *   tableau_print(&table, out);
 *
 * Several entries are metrics without groups, one below the other; a metric
 * with groups is an entry alone.
 */
#ifndef PULSE_TABLEAU_H
#define PULSE_TABLEAU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/listing.h"
#include "measure/bands.h"
#include "measure/frame.h"
#include "measure/lanes.h"
#include "measure/metric.h"

/* What a table should not be wider than. */
enum { TABLEAU_WIDTH = 80 };

struct tableau_entry {
	const struct metric *metric;
	enum frame_by by;
	enum frame_every every;
	struct lanes *lanes;
};

struct tableau {
	const struct bands *bands;
	const struct tableau_entry *entries;
	size_t count;
	bool blocks; /* bars of block characters, else ASCII */
};

void tableau_print(const struct tableau *table, FILE *out);

/* Groups are rows of their own: by what was asked, or what the SQL delivers. */
bool tableau_is_grouped(const struct tableau_entry *entry);

/* What the printers of tables share: a line above the table of one metric; how
 * many columns a printed text takes. */
void tableau_heading(const struct tableau *table, FILE *out);
size_t tableau_width(const char *text);
/* "too few" where the figure needs more counted to be judged; "": no band. */
const char *tableau_band(const struct tableau *table,
			 const struct metric *metric,
			 const struct figure *figure);
/* Cells: a part's name, indented; a value; n, band and note.  figure NULL:
 * blanks. */
void tableau_part(struct listing *list, const struct metric *metric,
		  const char *part);
void tableau_amount(struct listing *list, const struct figure *figure,
		    bool is_short);
void tableau_rest(const struct tableau *table, const struct metric *metric,
		  struct listing *list, const struct figure *figure);

#endif
