#include "measure/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/columns.h"
#include "measure/labels.h"

/* Fewer groups without data than that are shown like the others. */
enum { EMPTY_SHOWN = 8 };

static const struct figure *
only(const struct lane *lane)
{
	return lane == NULL ? NULL : lane->figures[0];
}

/* Groups by parts: which lane, NULL where there is none.  Column 0 is the
 * whole. */
struct matrix {
	struct labels *groups, *parts;
	const struct lane **lanes;
	size_t width;
	bool whole;   /* some group has one */
	size_t empty; /* groups without data */
};

static const struct lane *
at(const struct matrix *m, size_t group, size_t column)
{
	return m->lanes[group * m->width + column];
}

static bool
is_empty(const struct matrix *m, const struct lanes *lanes, size_t group)
{
	size_t i;

	for (i = 0; i < m->width; i++)
		if (at(m, group, i) != NULL &&
		    lanes_has_data(lanes, at(m, group, i)))
			return false;
	return true;
}

static void
make_matrix(struct matrix *m, const struct lanes *lanes)
{
	size_t i, column;

	*m = (struct matrix){ labels_new(),	labels_new(), NULL,
			      lanes->parts + 1, false,	      0 };
	m->lanes = msg_calloc(lanes->groups * m->width, sizeof(*m->lanes));
	for (i = 0; i < lanes->count; i++) {
		const struct lane *lane = &lanes->items[i];
		size_t group = labels_add(m->groups, lane->group);

		column = lane->part == NULL
				 ? 0
				 : labels_add(m->parts, lane->part) + 1;
		m->lanes[group * m->width + column] = lane;
		m->whole |= column == 0;
	}
	for (i = 0; i < lanes->groups; i++)
		m->empty += is_empty(m, lanes, i);
}

static void
free_matrix(struct matrix *m)
{
	labels_free(m->groups);
	labels_free(m->parts);
	free(m->lanes);
}

static bool
is_hidden(const struct matrix *m, const struct lanes *lanes, size_t group)
{
	return m->empty > EMPTY_SHOWN && is_empty(m, lanes, group);
}

/* A row per group, its parts as columns. */
static void
print_wide(const struct tableau *t, const struct matrix *m, FILE *out)
{
	const struct tableau_entry *e = t->entries;
	struct columns c = { 0 };
	struct listing *list;
	size_t i, k, last;

	columns_add(&c, frame_by_names[e->by]);
	if (m->whole)
		columns_add(&c, "value");
	for (i = 0; i + 1 < m->width; i++)
		columns_add(&c, labels_at(m->parts, i));
	columns_add(&c, "n");
	columns_add(&c, "band");
	columns_add(&c, "note");
	list = columns_open(&c, out);
	for (i = 1; i + 3 < c.count; i++)
		listing_right(list, i);
	for (i = 0; i < labels_count(m->groups); i++) {
		if (is_hidden(m, e->lanes, i))
			continue;
		listing_string(list, labels_at(m->groups, i));
		for (k = !m->whole; k < m->width; k++)
			tableau_amount(list, only(at(m, i, k)), k > 0);
		for (last = 0; last + 1 < m->width && !at(m, i, last);)
			last++;
		tableau_rest(t, e->metric, list, only(at(m, i, last)));
	}
	columns_close(&c, list);
}

static void
add_long_row(const struct tableau *t, struct listing *list,
	     const struct figure *figure)
{
	tableau_amount(list, figure, false);
	tableau_rest(t, t->entries->metric, list, figure);
}

/* The parts of a group in its own order, which need not be that of another. */
static void
add_parts(const struct tableau *t, struct listing *list, const char *group)
{
	const struct lanes *lanes = t->entries->lanes;
	size_t i;

	for (i = 0; i < lanes->count; i++) {
		const struct lane *lane = &lanes->items[i];

		if (lane->part == NULL || strcmp(lane->group, group) != 0)
			continue;
		tableau_part(list, t->entries->metric, lane->part);
		add_long_row(t, list, only(lane));
	}
}

/* A row per group, its parts below it. */
static void
print_long(const struct tableau *t, const struct matrix *m, FILE *out)
{
	const struct tableau_entry *e = t->entries;
	const char *const columns[] = {
		frame_by_names[e->by], "value", "n", "band", "note", NULL
	};
	struct listing *list = listing_open(out, LISTING_TABLE, columns);
	size_t i;

	listing_right(list, 1);
	for (i = 0; i < labels_count(m->groups); i++) {
		if (is_hidden(m, e->lanes, i))
			continue;
		listing_string(list, labels_at(m->groups, i));
		add_long_row(t, list, only(at(m, i, 0)));
		add_parts(t, list, labels_at(m->groups, i));
	}
	listing_close(list);
}

/* What a printer prints; allocated. */
static char *
printed(void (*print)(const struct tableau *, const struct matrix *, FILE *),
	const struct tableau *t, const struct matrix *m)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot print a table: out of memory");
	print(t, m, out);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot print a table: out of memory");
	return text;
}

void
groups_print(const struct tableau *t, FILE *out)
{
	const struct tableau_entry *e = t->entries;
	struct matrix m;
	char *wide;

	make_matrix(&m, e->lanes);
	tableau_heading(t, out);
	wide = printed(print_wide, t, &m);
	if (tableau_width(wide) <= TABLEAU_WIDTH || m.width == 1)
		fputs(wide, out);
	else
		print_long(t, &m, out);
	if (m.empty > EMPTY_SHOWN)
		fprintf(out, "without data: %s%zu%s\n",
			m.empty == e->lanes->groups ? "all " : "", m.empty,
			m.empty == e->lanes->groups ? "" : " more");
	free(wide);
	free_matrix(&m);
}
