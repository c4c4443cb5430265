/*
 * sheet - what a kind of picture is given, and the parts all kinds share: axes,
 * key, labels at the ends of lines.
 *
 * A kind measures nothing before it draws: it is told its width and height,
 * draws from 0 0 on, and takes what its words ask for from the figures.
 */
#ifndef PULSE_SHEET_H
#define PULSE_SHEET_H

#include <stdint.h>

#include "picture/chart.h"
#include "picture/scale.h"
#include "picture/series.h"
#include "picture/svg.h"
#include "picture/units.h"

enum { SHEET_WIDTH = 360, SHEET_HEIGHT = 190, SHEET_NAME = 15 };

struct sheet {
	const struct svg *svg;
	const struct chart *chart;
	const char *const *words; /* behind the kind, NULL-ended */
	struct series_ask ask;	  /* for its lines and places */
	double height;
};

/* The area between the axes. */
struct plot {
	const struct svg *svg;
	double left, right, top, bottom;
	struct scale y;
};

struct sheet_ask {
	double least, most;	  /* values, in the unit shown */
	const char *unit;	  /* its name, above the axis */
	const struct series *key; /* whose lines a key names, or NULL */
	bool lines;		  /* the key shows lines, not areas */
	size_t right; /* columns of text that go right of the plot */
	size_t below; /* and turned below it; 0: one line */
};

/* Draws key, unit, grid and the y axis. */
struct plot sheet_plot(const struct sheet *sheet, const struct sheet_ask *ask);
/* The key alone; both return the room that it takes. */
double sheet_key(const struct sheet *sheet, const struct sheet_ask *ask);
double sheet_key_room(const struct sheet *sheet, const struct sheet_ask *ask);

double sheet_y(const struct plot *plot, double value);

/* How many bytes all names begin with, up to one of these bytes, such as the
 * / of `acme/`: what need not be shown. */
size_t sheet_common(const char *const *names, size_t count, const char *ends);

/* An axis of days. */
struct sheet_days {
	int64_t first, last;
};
/* Those of periods. */
struct sheet_days sheet_days(const struct series *series);
double sheet_day_x(const struct plot *plot, const struct sheet_days *days,
		   double day);
void sheet_days_axis(const struct plot *plot, const struct sheet_days *days);

/* An axis of places, each with a band of its own, named below: periods by
 * their day; other names turned, where they have no room, all of them cut to
 * sheet_below columns (0: not turned). */
size_t sheet_below(const struct series *series);
void sheet_places_axis(const struct plot *plot, const struct series *series);
double sheet_band(const struct plot *plot, const struct series *series);

/* A name at the end of a line. */
struct sheet_label {
	const char *text;
	double y;
	int line; /* whose marker stands before it; -1: none */
};
/* Draws them right of the plot, without what all begin with, pushed apart so
 * that none hides another. */
void sheet_labels(const struct plot *plot, struct sheet_label *labels,
		  size_t count);

/* Chooses the unit by the largest value of the lines, and scales to it. */
struct units sheet_fit(const struct sheet *sheet, struct series *series,
		       double most);
void sheet_no_data(const struct sheet *sheet);

/* The kinds. */
void lines_trend(const struct sheet *sheet);
void steps_burndown(const struct sheet *sheet);
void steps_burnup(const struct sheet *sheet);
void columns_bars(const struct sheet *sheet);
double columns_height(const struct sheet *sheet);
void columns_stacked(const struct sheet *sheet);
void strips_parts(const struct sheet *sheet);
double strips_height(const struct sheet *sheet);
void areas_flow(const struct sheet *sheet);
void dots_scatter(const struct sheet *sheet);
void tiles_heat(const struct sheet *sheet);
double tiles_height(const struct sheet *sheet);

#endif
