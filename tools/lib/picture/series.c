#include "picture/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* Names, each once, in the order they came. */
struct list {
	const char **items; /* NULL-ended */
	size_t count, last; /* last: where the last one asked for stands */
};

static size_t
seek(struct list *list, const char *name)
{
	size_t i;

	if (list->last < list->count &&
	    strcmp(list->items[list->last], name) == 0)
		return list->last;
	for (i = 0; i < list->count; i++)
		if (strcmp(list->items[i], name) == 0)
			break;
	return list->last = i;
}

static void
add(struct list *list, const char *name)
{
	if (name == NULL || seek(list, name) < list->count)
		return;
	list->items = msg_realloc(list->items,
				  (list->count + 2) * sizeof(*list->items));
	list->items[list->count++] = name;
	list->items[list->count] = NULL;
}

static const char *
part_name(const struct figure *f)
{
	return f->part != NULL ? f->part : "whole";
}

static const char *
period_name(const struct figure *f)
{
	return f->period != NULL ? f->period : "";
}

static const char **
names(const struct figures *figures, bool periods, size_t *count)
{
	struct list list = { msg_calloc(1, sizeof(*list.items)), 0, 0 };
	size_t i;

	for (i = 0; i < figures->count; i++)
		add(&list, periods ? period_name(&figures->items[i])
				   : figures->items[i].group);
	*count = list.count;
	return list.items;
}

const char **
series_groups(const struct figures *figures, size_t *count)
{
	return names(figures, false, count);
}

const char **
series_periods(const struct figures *figures, size_t *count)
{
	return names(figures, true, count);
}

/* Which parts are wanted, in which order. */
static struct list
wanted_parts(const struct figures *figures, const struct series_ask *ask)
{
	struct list parts = { msg_calloc(1, sizeof(*parts.items)), 0, 0 };
	size_t i;

	for (i = 0; ask->parts != NULL && ask->parts[i] != NULL; i++)
		add(&parts, ask->parts[i]);
	if (parts.count > 0)
		return parts;
	if (ask->all)
		add(&parts, "whole");
	for (i = 0; !ask->groups && i < figures->count; i++)
		add(&parts, figures->items[i].part);
	if (parts.count == 0)
		add(&parts, "whole");
	return parts;
}

/* What a figure is in the picture; NULL: not in it. */
static const char *
line_of(const struct series_ask *ask, struct list *parts,
	const struct figure *f)
{
	size_t part = seek(parts, part_name(f));

	if (part == parts->count ||
	    (ask->group != NULL && strcmp(ask->group, f->group) != 0))
		return NULL;
	if (ask->groups)
		return part == 0 ? f->group : NULL;
	if (ask->spread)
		return "whole";
	return parts->items[part];
}

static const char *
place_of(const struct series_ask *ask, const struct figure *f)
{
	if (ask->spread)
		return part_name(f);
	return ask->across ? f->group : period_name(f);
}

static void
lay_out(struct series *s, struct list *lines, struct list *places)
{
	size_t i;

	s->count = lines->count;
	s->length = places->count;
	s->places = places->items;
	s->lines = msg_calloc(s->count + 1, sizeof(*s->lines));
	s->values = msg_calloc(s->count * s->length + 1, sizeof(*s->values));
	for (i = 0; i < s->count; i++)
		s->lines[i].name = lines->items[i];
	for (i = 0; i < s->count * s->length; i++)
		s->values[i] = NAN;
}

struct series *
series_read(const struct figures *figures, const struct series_ask *ask)
{
	struct series *s = msg_calloc(1, sizeof(*s));
	struct list parts = wanted_parts(figures, ask), lines = { 0 },
		    places = { msg_calloc(1, sizeof(*places.items)), 0, 0 };
	const char *line;
	size_t i, at;

	for (i = 0; !ask->groups && !ask->spread && i < parts.count; i++)
		add(&lines, parts.items[i]);
	for (i = 0; i < figures->count; i++)
		if ((line = line_of(ask, &parts, &figures->items[i])) != NULL) {
			add(&lines, line);
			add(&places, place_of(ask, &figures->items[i]));
		}
	lay_out(s, &lines, &places);
	for (i = 0; i < figures->count; i++) {
		const struct figure *f = &figures->items[i];

		if ((line = line_of(ask, &parts, f)) == NULL)
			continue;
		at = seek(&lines, line);
		s->lines[at].counted += (double)f->n;
		s->lines[at].unit = f->unit;
		if (f->known)
			s->values[at * s->length +
				  seek(&places, place_of(ask, f))] = f->value;
	}
	free(parts.items);
	free(lines.items);
	return s;
}

void
series_free(struct series *s)
{
	if (s == NULL)
		return;
	free(s->lines);
	free(s->places);
	free(s->values);
	free(s);
}

double
series_value(const struct series *s, size_t line, size_t place)
{
	return s->values[line * s->length + place];
}

size_t
series_find(const struct series *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->lines[i].name, name) == 0)
			break;
	return i;
}

void
series_scale(struct series *s, double factor)
{
	size_t i;

	for (i = 0; i < s->count * s->length; i++)
		s->values[i] *= factor;
}

static void
swap(struct series *s, size_t a, size_t b)
{
	struct series_line line = s->lines[a];
	size_t i;

	s->lines[a] = s->lines[b];
	s->lines[b] = line;
	for (i = 0; i < s->length; i++) {
		double value = s->values[a * s->length + i];

		s->values[a * s->length + i] = s->values[b * s->length + i];
		s->values[b * s->length + i] = value;
	}
}

void
series_sort(struct series *s)
{
	size_t i, k;

	for (i = 1; i < s->count; i++)
		for (k = i;
		     k > 0 && s->lines[k].counted > s->lines[k - 1].counted;
		     k--)
			swap(s, k, k - 1);
}

double
series_most(const struct series *s, size_t lines)
{
	double most = -INFINITY;
	size_t i;

	for (i = 0; i < lines * s->length; i++)
		most = fmax(most, s->values[i]);
	return isfinite(most) ? most : 0;
}

double
series_least(const struct series *s, size_t lines)
{
	double least = INFINITY;
	size_t i;

	for (i = 0; i < lines * s->length; i++)
		least = fmin(least, s->values[i]);
	return isfinite(least) ? least : 0;
}

double
series_sum(const struct series *s, size_t place)
{
	double total = 0;
	size_t line;

	for (line = 0; line < s->count; line++)
		total += fmax(series_value(s, line, place), 0);
	return total;
}

double
series_most_sum(const struct series *s)
{
	double most = 0;
	size_t place;

	for (place = 0; place < s->length; place++)
		most = fmax(most, series_sum(s, place));
	return most;
}
