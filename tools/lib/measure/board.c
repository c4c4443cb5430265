#include "measure/board.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "measure/bars.h"
#include "measure/tableau.h"

struct board {
	FILE *out;
	const struct bands *bands;
	struct frame frame; /* of the last metric: the window is that of all */
	char *zone;
	struct tableau_entry *entries;
	size_t count;
	bool few;     /* some figure counts too little for a band */
	bool nothing; /* no figure has data */
	bool judged;  /* some metric has bands */
};

struct board *
board_open(FILE *out, const struct bands *bands)
{
	struct board *board = msg_calloc(1, sizeof(*board));

	board->out = out;
	board->bands = bands;
	board->nothing = true;
	return board;
}

static void
look_at(struct board *board, const struct metric *metric,
	const struct figure *figure)
{
	bool judged = bands_judges(board->bands, metric->name);

	board->nothing &= !figure->known;
	board->few |= judged && figures_too_few(figure);
}

void
board_add(struct board *board, const struct metric *metric,
	  const struct frame *frame, const struct figures *figures)
{
	size_t i;

	board->frame = *frame;
	free(board->zone);
	board->frame.zone = board->zone = msg_strdup(frame->zone);
	board->judged |= bands_judges(board->bands, metric->name);
	for (i = 0; i < figures->count; i++)
		look_at(board, metric, &figures->items[i]);
	board->entries = msg_realloc(
		board->entries, (board->count + 1) * sizeof(*board->entries));
	board->entries[board->count++] =
		(struct tableau_entry){ metric, frame->by, frame->every,
					lanes_open(figures) };
}

/* Do two metrics share a table: no groups, and the same periods? */
static bool
are_alike(const struct tableau_entry *a, const struct tableau_entry *b)
{
	size_t last = a->lanes->period_count - 1;

	if (tableau_is_grouped(a) || tableau_is_grouped(b) ||
	    a->lanes->cut != b->lanes->cut ||
	    a->lanes->period_count != b->lanes->period_count)
		return false;
	return !a->lanes->cut ||
	       (strcmp(a->lanes->periods[0], b->lanes->periods[0]) == 0 &&
		strcmp(a->lanes->periods[last], b->lanes->periods[last]) == 0);
}

/* A metric that delivered no figure; where none did it is said at the end. */
static void
print_nothing(const struct board *board, const struct tableau *table)
{
	tableau_heading(table, board->out);
	if (!board->nothing)
		fputs("no data\n", board->out);
}

static void
print_tables(const struct board *board)
{
	struct tableau table = { .bands = board->bands,
				 .blocks = bars_have_blocks() };
	size_t first, end;

	for (first = 0; first < board->count; first = end) {
		for (end = first + 1; end < board->count; end++)
			if (!are_alike(&board->entries[first],
				       &board->entries[end]))
				break;
		if (first > 0)
			fputc('\n', board->out);
		table.entries = board->entries + first;
		table.count = end - first;
		if (table.entries->lanes->count > 0)
			tableau_print(&table, board->out);
		else
			print_nothing(board, &table);
	}
}

static void
print_window(const struct board *board)
{
	const struct frame *f = &board->frame;
	char since[CALENDAR_SIZE], until[CALENDAR_SIZE];
	bool open = f->every != FRAME_WHOLE && f->now < f->until;

	calendar_text(calendar_day(f->since, f->zone), since);
	calendar_text(calendar_day(f->until - 1, f->zone), until);
	fprintf(board->out, "\n%s to %s, %s", since, until, f->zone);
	if (open)
		fprintf(board->out, "; the last %s is not over yet",
			frame_every_names[f->every]);
	if (board->judged)
		fprintf(board->out, "%sbands %s", open ? "\n" : "; ",
			bands_name(board->bands));
	if (board->few)
		fprintf(board->out, ", given from n = %d on", FIGURES_ENOUGH);
	fputc('\n', board->out);
}

/* Was the same said of a metric before? */
static bool
is_said(const struct board *board, size_t at)
{
	const char *counts = board->entries[at].metric->counts;
	size_t i;

	for (i = 0; i < at; i++)
		if (strcmp(board->entries[i].metric->counts, counts) == 0)
			return true;
	return false;
}

static void
print_counts(const struct board *board)
{
	size_t i;

	for (i = 0; i < board->count; i++)
		if (!is_said(board, i))
			fprintf(board->out, "%s%s", i == 0 ? "n counts " : ", ",
				board->entries[i].metric->counts);
	fputc('\n', board->out);
}

void
board_close(struct board *board)
{
	size_t i;

	print_tables(board);
	print_window(board);
	print_counts(board);
	if (board->nothing)
		fputs("no data\n", board->out);
	for (i = 0; i < board->count; i++)
		lanes_close(board->entries[i].lanes);
	free(board->entries);
	free(board->zone);
	free(board);
}
