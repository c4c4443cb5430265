#include "look/jobtable.h"

#include <stdlib.h>
#include <string.h>

#include "base/listing.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/utf8.h"
#include "look/phrase.h"

enum column {
	CLIENT,
	JOB,
	STATE,
	PROGRESS,
	DONE,
	RATE,
	ETA,
	LAST,
	NEXT,
	LEFT,
	TRIES,
	COLUMNS
};

enum { CELL = 80, BAR = 30 };

static const char *const heads[COLUMNS] = {
	"CLIENT", "JOB",  "STATE", "PROGRESS", "DONE/TOTAL", "RATE",
	"ETA",	  "LAST", "NEXT",  "LEFT",     "TRIES",
};

/* Numbers stand to the right. */
static const bool right[COLUMNS] = {
	[CLIENT] = true, [PROGRESS] = true, [DONE] = true,
	[RATE] = true,	 [ETA] = true,	    [TRIES] = true
};

struct row {
	const struct overview_job *job;
	char cells[COLUMNS][CELL];
	char note[PHRASE_NOTE];
};

struct table {
	struct row *rows;
	size_t count;
	size_t widths[COLUMNS]; /* 0: nothing in it */
	size_t gap;
	const struct jobtable_style *style;
};

static void
format_rate(double rate, char out[CELL])
{
	if (rate < 0)
		*out = '\0';
	else if (rate >= 9.95 || rate == 0)
		snprintf(out, CELL, "%.0f/s", rate);
	else if (rate >= 0.995)
		snprintf(out, CELL, "%.1f/s", rate);
	else
		snprintf(out, CELL, "%.0f/m", rate * 60);
}

static void
fill_pace(struct row *row, const struct pace *pace, int64_t now)
{
	if (pace->samples == 0)
		return;
	if (pace->percent >= 0)
		snprintf(row->cells[PROGRESS], CELL, "%d%%", pace->percent);
	if (pace->total > 0)
		snprintf(row->cells[DONE], CELL, "%lld/%lld",
			 (long long)pace->done, (long long)pace->total);
	else
		snprintf(row->cells[DONE], CELL, "%lld", (long long)pace->done);
	format_rate(pace->rate, row->cells[RATE]);
	if (pace->eta > 0)
		phrase_span(pace->eta - now, row->cells[ETA]);
}

/* What NEXT is about: when it is tried or due; 0: nothing is to come, or what
 * it waits for has no time: a scheduler looks at it whenever something
 * changes. */
static int64_t
next_of(const struct overview *o, const struct status *s)
{
	if (o->leader && s->state == STATES_PENDING && s->next <= o->now)
		return 0;
	if (s->state == STATES_PAUSED || s->reason == STATES_MANUAL_FIX ||
	    s->disabled)
		return 0;
	if (s->state == STATES_RUNNING || s->next == 0)
		return s->next_due;
	return s->next;
}

static void
fill_times(struct row *row, const struct overview *o, const struct status *s)
{
	int64_t next = next_of(o, s), now = o->now;
	char age[PHRASE_SHORT] = "";

	if (s->last_end > 0)
		phrase_age(now - s->last_end, age);
	if (s->last != STATES_NO_RESULT)
		snprintf(row->cells[LAST], CELL, "%s%s%s",
			 s->last == STATES_SUCCESS
				 ? "ok"
				 : states_result_name(s->last),
			 *age != '\0' ? " " : "", age);
	if (next == 0)
		return;
	phrase_time(next, now, row->cells[NEXT]);
	phrase_left(next, now, row->cells[LEFT]);
}

static void
fill(struct row *row, const struct overview *o, const struct overview_job *job)
{
	const struct status *s = &job->status;
	int64_t tries = s->state == STATES_RUNNING ? s->attempt : s->retries;

	row->job = job;
	if (o->several)
		snprintf(row->cells[CLIENT], CELL, "%lld",
			 (long long)s->client);
	snprintf(row->cells[JOB], CELL, "%.70s", s->job);
	snprintf(row->cells[STATE], CELL, "%s", states_name(s->state));
	fill_pace(row, &job->pace, o->now);
	fill_times(row, o, s);
	if (tries > (s->state == STATES_RUNNING ? 1 : 0))
		snprintf(row->cells[TRIES], CELL, "%lld", (long long)tries);
	phrase_note(job, o->now, row->note);
}

static void
measure_column(struct table *table, size_t c)
{
	size_t i, len;

	for (i = 0; i < table->count; i++) {
		len = strlen(table->rows[i].cells[c]);
		if (len > table->widths[c])
			table->widths[c] = len;
	}
	if (table->widths[c] > 0 && table->widths[c] < strlen(heads[c]))
		table->widths[c] = strlen(heads[c]);
}

static bool
fits(const struct table *table)
{
	size_t total = 0, c;

	for (c = 0; c < COLUMNS; c++)
		if (table->widths[c] > 0)
			total += table->widths[c] + table->gap;
	return table->style->width == 0 ||
	       total <= (size_t)table->style->width + table->gap;
}

/* First the gaps become narrow, then columns go that one can do without. */
static void
measure(struct table *table)
{
	static const enum column spare[] = { TRIES, RATE, DONE };
	size_t c, i;

	for (c = 0; c < COLUMNS; c++)
		measure_column(table, c);
	table->gap = 2;
	if (!fits(table))
		table->gap = 1;
	for (i = 0; i < 3 && !fits(table); i++)
		table->widths[spare[i]] = 0;
}

static void
spaces(FILE *out, size_t count)
{
	while (count-- > 0)
		fputc(' ', out);
}

static const char *
colour_of(const struct row *row)
{
	static const char *const colours[STATES_COUNT] = {
		[STATES_NOT_STARTED] = "\033[2m",
		[STATES_PENDING] = "",
		[STATES_RUNNING] = "\033[36m",
		[STATES_FINISHED] = "\033[32m",
		[STATES_ERROR] = "\033[1;31m",
		[STATES_PAUSED] = "\033[33m",
	};

	return row == NULL ? "" : colours[row->job->status.state];
}

/* One cell; nothing is printed behind the last. */
static void
print_cell(FILE *out, const struct table *table, const struct row *row,
	   enum column c, bool last)
{
	const char *text = row == NULL ? heads[c] : row->cells[c];
	const char *colour =
		table->style->colour && c == STATE ? colour_of(row) : "";
	size_t pad = table->widths[c] - strlen(text);

	if (right[c])
		spaces(out, pad);
	fprintf(out, "%s%s%s", colour, text, *colour != '\0' ? "\033[0m" : "");
	if (!right[c] && !last)
		spaces(out, pad);
}

static void
print_cells(FILE *out, const struct table *table, const struct row *row,
	    bool note)
{
	size_t taken = 0, c, end = COLUMNS;

	while (!note && end > JOB + 1 &&
	       (table->widths[end - 1] == 0 ||
		(row != NULL && *row->cells[end - 1] == '\0')))
		end--;
	for (c = 0; c < end; c++) {
		if (table->widths[c] == 0)
			continue;
		spaces(out, taken > 0 ? table->gap : 0);
		print_cell(out, table, row, (enum column)c,
			   !note && c + 1 == end);
		taken += table->widths[c] + (taken > 0 ? table->gap : 0);
	}
}

static size_t
width_of(const struct table *table)
{
	size_t taken = 0, c;

	for (c = 0; c < COLUMNS; c++)
		if (table->widths[c] > 0)
			taken += table->widths[c] + table->gap;
	return taken;
}

/* At most `room` columns of it; ... stands for the rest. */
static void
show_cut(FILE *out, const char *text, size_t room)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = strlen(text), at = 0, width = 0, n;

	if (listing_show(NULL, text, len) <= room) {
		listing_show(out, text, len);
		return;
	}
	while (at < len) {
		n = utf8_shown(s + at, len - at);
		width += n > 0 ? utf8_columns(s + at, len - at) : 4;
		if (width + 3 > room)
			break;
		at += n > 0 ? n : 1;
	}
	listing_show(out, text, at);
	fputs("...", out);
}

static void
print_bar(FILE *out, const struct row *row)
{
	int done = row->job->pace.percent * BAR / 100, i;

	fputs("  [", out);
	for (i = 0; i < BAR; i++)
		fputc(i < done ? '#' : '-', out);
	fputs("] ", out);
}

static bool
has_bar(const struct table *table, const struct row *row)
{
	return table->style->bars && row->job->pace.percent >= 0 &&
	       row->job->pace.samples > 0;
}

/* Does the note stand in the row, not below it? */
static bool
is_beside(const struct table *table, const struct row *row)
{
	size_t width = (size_t)table->style->width;
	size_t note = listing_show(NULL, row->note, strlen(row->note));

	return !has_bar(table, row) && note > 0 &&
	       (width == 0 || width_of(table) + note <= width);
}

static void
print_below(FILE *out, const struct table *table, const struct row *row)
{
	bool bar = has_bar(table, row);
	size_t width = (size_t)table->style->width, used = bar ? BAR + 5 : 2;

	if (bar)
		print_bar(out, row);
	else
		spaces(out, 2);
	if (width == 0)
		width = used + sizeof(row->note) * 4;
	show_cut(out, row->note, width > used + 10 ? width - used : 10);
	fputc('\n', out);
}

static void
print_row(FILE *out, const struct table *table, const struct row *row)
{
	bool beside = is_beside(table, row);

	print_cells(out, table, row, beside);
	if (beside) {
		spaces(out, table->gap);
		listing_show(out, row->note, strlen(row->note));
	}
	fputc('\n', out);
	if (!beside && (*row->note != '\0' || has_bar(table, row)))
		print_below(out, table, row);
}

static bool
any_note_beside(const struct table *table)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (is_beside(table, &table->rows[i]))
			return true;
	return false;
}

void
jobtable_print(FILE *out, const struct overview *overview,
	       const struct jobtable_style *style)
{
	struct table table = { .count = overview->count, .style = style };
	bool notes;
	size_t i;

	if (table.count == 0)
		return;
	table.rows = msg_calloc(table.count, sizeof(*table.rows));
	for (i = 0; i < table.count; i++)
		fill(&table.rows[i], overview, &overview->jobs[i]);
	measure(&table);
	notes = any_note_beside(&table);
	print_cells(out, &table, NULL, notes);
	if (notes)
		spaces(out, table.gap);
	fputs(notes ? "NOTE\n" : "\n", out);
	for (i = 0; i < table.count; i++)
		print_row(out, &table, &table.rows[i]);
	free(table.rows);
}

static void
tsv_text(FILE *out, const char *text)
{
	fputc('\t', out);
	listing_show(out, text, strlen(text));
}

static void
tsv_time(FILE *out, int64_t ms)
{
	char text[TIMES_SIZE] = "";

	if (ms > 0)
		times_format_seconds(ms, text);
	tsv_text(out, text);
}

static void
tsv_number(FILE *out, int64_t number, bool known)
{
	char text[24] = "";

	if (known)
		snprintf(text, sizeof(text), "%lld", (long long)number);
	tsv_text(out, text);
}

static void
tsv_row(FILE *out, const struct overview_job *job)
{
	const struct status *s = &job->status;
	const struct pace *p = &job->pace;
	char rate[32] = "";

	if (p->samples > 0 && p->rate >= 0)
		snprintf(rate, sizeof(rate), "%.3f", p->rate);
	fprintf(out, "%lld", (long long)s->client);
	tsv_text(out, s->job);
	tsv_text(out, states_name(s->state));
	tsv_text(out, states_reason_name(s->reason));
	tsv_time(out, s->since);
	tsv_text(out, s->run);
	tsv_number(out, p->percent, p->samples > 0 && p->percent >= 0);
	tsv_number(out, p->done, p->samples > 0);
	tsv_number(out, p->total, p->samples > 0 && p->total > 0);
	tsv_text(out, rate);
	tsv_time(out, p->eta);
	tsv_text(out, states_result_name(s->last));
	tsv_time(out, s->last_end);
	tsv_time(out, s->last_success);
	tsv_time(out, s->next);
	tsv_number(out, s->retries, true);
	tsv_text(out, job->stale ? "stale" : "");
	tsv_text(out, s->class);
	tsv_text(out, s->error);
	fputc('\n', out);
}

void
jobtable_tsv(FILE *out, const struct overview *overview)
{
	size_t i;

	fputs("client\tjob\tstate\treason\tsince\trun\tpct\tdone\ttotal\trate\t"
	      "eta\tlast\tlast_end\tlast_success\tnext\tretries\tstale\tclass\t"
	      "error\n",
	      out);
	for (i = 0; i < overview->count; i++)
		tsv_row(out, &overview->jobs[i]);
}
