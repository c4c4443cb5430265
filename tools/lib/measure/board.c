#include "measure/board.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/listing.h"
#include "base/msg.h"

enum { MOST_METRICS = 64 };

struct board {
	FILE *out;
	const struct frame *frame;
	const struct bands *bands;
	const char *columns[8];
	struct listing *list;
	const struct metric *metrics[MOST_METRICS];
	size_t count;
	bool few;     /* some figure counts too little for a band */
	bool nothing; /* no figure has data */
	bool judged;  /* some metric has bands */
};

struct board *
board_open(FILE *out, const struct frame *frame, const struct bands *bands)
{
	struct board *board = msg_calloc(1, sizeof(*board));
	const char **c = board->columns;

	board->out = out;
	board->frame = frame;
	board->bands = bands;
	board->nothing = true;
	*c++ = "metric";
	if (frame->by != FRAME_ALL)
		*c++ = frame_by_names[frame->by];
	if (frame->every != FRAME_WHOLE)
		*c++ = frame_every_names[frame->every];
	*c++ = "value";
	*c++ = "n";
	*c++ = "band";
	*c++ = "note";
	board->list = listing_open(out, LISTING_TABLE, board->columns);
	listing_right(board->list, (size_t)1 + (frame->by != FRAME_ALL) +
					   (frame->every != FRAME_WHOLE));
	return board;
}

static void
minutes(double value, char out[BOARD_VALUE])
{
	if (value < 60)
		snprintf(out, BOARD_VALUE, "%.3g min", value);
	else if (value < 1440)
		snprintf(out, BOARD_VALUE, "%.1f h", value / 60);
	else
		snprintf(out, BOARD_VALUE, "%.1f days", value / 1440);
}

static bool
is_whole(double value)
{
	return value > -1e15 && value < 1e15 && (double)(int64_t)value == value;
}

void
board_value(const struct figure *figure, char out[BOARD_VALUE])
{
	const char *per = strstr(figure->unit, "_per_");

	if (!figure->known)
		snprintf(out, BOARD_VALUE, "no data");
	else if (strcmp(figure->unit, "min") == 0)
		minutes(figure->value, out);
	else if (strcmp(figure->unit, "ratio") == 0)
		snprintf(out, BOARD_VALUE, "%.1f %%", figure->value * 100);
	else if (per != NULL)
		snprintf(out, BOARD_VALUE, "%.6g %.*s/%s", figure->value,
			 (int)(per - figure->unit) - (figure->value == 1),
			 figure->unit, per + 5);
	else if (is_whole(figure->value))
		snprintf(out, BOARD_VALUE, "%.0f %s", figure->value,
			 figure->unit);
	else
		snprintf(out, BOARD_VALUE, "%.6g %s", figure->value,
			 figure->unit);
}

/* The set's title where it has one, else the name without underscores. */
static void
title(const struct board *board, const struct metric *metric,
      const struct figure *figure, char *out, size_t size)
{
	const char *given = bands_title(board->bands, metric->name);
	char *c;

	if (figure->part != NULL)
		snprintf(out, size, "  %s", figure->part);
	else
		snprintf(out, size, "%s", given != NULL ? given : metric->name);
	for (c = out; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
}

static const char *
band_word(struct board *board, const struct metric *metric,
	  const struct figure *figure)
{
	if (figure->band != NULL)
		return figure->band;
	if (!figure->known || figure->part != NULL ||
	    !bands_judges(board->bands, metric->name))
		return "";
	board->few = true;
	return "too few";
}

static void
add_figure(struct board *board, const struct metric *metric,
	   const struct figure *figure)
{
	char name[128], value[BOARD_VALUE];

	title(board, metric, figure, name, sizeof(name));
	board_value(figure, value);
	board->nothing &= !figure->known;
	listing_string(board->list, name);
	if (board->frame->by != FRAME_ALL)
		listing_string(board->list, figure->group);
	if (board->frame->every == FRAME_MONTH)
		listing_text(board->list, figure->period, 7);
	else if (board->frame->every != FRAME_WHOLE)
		listing_string(board->list, figure->period);
	listing_string(board->list, value);
	listing_int(board->list, figure->n);
	listing_string(board->list, band_word(board, metric, figure));
	listing_string(board->list, figure->note != NULL ? figure->note : "");
}

void
board_add(struct board *board, const struct metric *metric,
	  const struct figures *figures)
{
	size_t i;

	board->judged |= bands_judges(board->bands, metric->name);
	if (board->count < MOST_METRICS)
		board->metrics[board->count++] = metric;
	for (i = 0; i < figures->count; i++)
		add_figure(board, metric, &figures->items[i]);
}

static void
print_window(const struct board *board)
{
	const struct frame *f = board->frame;
	char since[CALENDAR_SIZE], until[CALENDAR_SIZE];

	calendar_text(calendar_day(f->since, f->zone), since);
	calendar_text(calendar_day(f->until - 1, f->zone), until);
	fprintf(board->out, "\n%s to %s, %s; ", since, until, f->zone);
	if (board->judged)
		fprintf(board->out, "bands %s", bands_name(board->bands));
	if (board->few)
		fprintf(board->out, ", given from n = %d on", FIGURES_ENOUGH);
	fputs(board->judged ? "; n counts " : "n counts ", board->out);
}

static void
print_counts(const struct board *board)
{
	const char *seen[MOST_METRICS];
	size_t count = 0, i, k;

	for (i = 0; i < board->count; i++) {
		for (k = 0; k < count; k++)
			if (strcmp(seen[k], board->metrics[i]->counts) == 0)
				break;
		if (k < count)
			continue;
		seen[count++] = board->metrics[i]->counts;
		fprintf(board->out, "%s%s", count > 1 ? ", " : "",
			seen[count - 1]);
	}
	fputc('\n', board->out);
}

void
board_close(struct board *board)
{
	bool nothing = board->nothing;
	FILE *out = board->out;

	listing_close(board->list);
	print_window(board);
	print_counts(board);
	if (nothing)
		fputs("no data\n", out);
	free(board);
}

void
board_drop(struct board *board)
{
	listing_drop(board->list);
	free(board);
}
