#include "picture/spark.h"

#include <math.h>
#include <stdlib.h>

#include "base/msg.h"
#include "measure/amount.h"
#include "picture/scale.h"
#include "picture/series.h"

enum { WIDTH = 150, HEIGHT = 32, EDGE = 5 };

static double
x_of(const struct series *s, size_t place)
{
	return EDGE +
	       (double)place / (double)(s->length - 1) * (WIDTH - 2 * EDGE);
}

static size_t
count_known(const struct series *s)
{
	size_t known = 0, i;

	for (i = 0; s->count > 0 && i < s->length; i++)
		known += !isnan(series_value(s, 0, i));
	return known;
}

static void
draw(const struct svg *svg, const struct series *s)
{
	struct scale scale =
		scale_nice(series_least(s, 1), series_most(s, 1), 2);
	size_t last = 0, i;
	bool gap = true;

	scale.high = series_most(s, 1) > 0 ? series_most(s, 1) : scale.high;
	svg_path(svg, "l0");
	for (i = 0; i < s->length; i++) {
		double value = series_value(s, 0, i);

		if (!isnan(value)) {
			svg_to(svg, gap ? 'M' : 'L', x_of(s, i),
			       scale_place(&scale, value, HEIGHT - EDGE, EDGE));
			last = i;
		}
		gap = isnan(value);
	}
	svg_path_end(svg);
	svg_path(svg, "f0");
	svg_marker(svg, 0, x_of(s, last),
		   scale_place(&scale, series_value(s, 0, last), HEIGHT - EDGE,
			       EDGE));
	svg_path_end(svg);
}

/* "from 3.1 days to 2 days" */
static void
describe(char *out, size_t size, const struct figures *figures)
{
	const struct figure *first = NULL, *last = NULL;
	char from[AMOUNT_SIZE], to[AMOUNT_SIZE];
	size_t i;

	for (i = 0; i < figures->count; i++)
		if (figures->items[i].known && figures->items[i].part == NULL) {
			first = first == NULL ? &figures->items[i] : first;
			last = &figures->items[i];
		}
	amount_long(first, from);
	amount_long(last, to);
	snprintf(out, size, "Line from %s (%s) to %s (%s)", from, first->period,
		 to, last->period);
}

void
spark_write(const struct svg *svg, const char *title,
	    const struct figures *figures)
{
	static const char *const whole[] = { "whole", NULL };
	struct series_ask ask = { .groups = true, .parts = whole };
	struct series *s = series_read(figures, &ask);
	char desc[4 * AMOUNT_SIZE];
	struct svg_head head = { title, desc, WIDTH, HEIGHT, false };

	if (count_known(s) >= 2) {
		describe(desc, sizeof(desc), figures);
		svg_begin(svg, &head);
		draw(svg, s);
		svg_end(svg);
	}
	series_free(s);
}
