/*
 * words - what `-- chart:` says: a kind of picture and what it is made of.
 */
#ifndef PULSE_WORDS_H
#define PULSE_WORDS_H

#include "picture/sheet.h"

enum { WORDS_MOST = 15, WORDS_TEXT = 512 };

enum words_source { WORDS_FIGURES, WORDS_POINTS, WORDS_CELLS };

struct words_kind {
	const char *name;
	size_t least, most; /* further words */
	enum words_source source;
	bool single;  /* draws one group */
	bool hatched; /* draws areas */
	void (*draw)(const struct sheet *sheet);
	double (*height)(const struct sheet *sheet); /* NULL: SHEET_HEIGHT */
	const char *what;			     /* for the description */
};

struct words {
	const struct words_kind *kind;
	const char *items[WORDS_MOST + 1]; /* behind it, NULL-ended */
	size_t count;
	char text[WORDS_TEXT]; /* owns them */
};

/* NULL, or what is wrong with them (allocated). */
char *words_read(const char *text, struct words *words);

/* The groups to draw one by one, those whose data reach furthest, so of sprints
 * the newest; or one NULL: all of them together. */
enum { WORDS_PANELS = 4 };
struct words_panels {
	const char *groups[WORDS_PANELS];
	size_t count, left_out;
};
struct words_panels words_panels(const struct chart *chart,
				 const struct words *words);

/* What the lines and places of such a picture are. */
struct series_ask words_ask(const struct chart *chart,
			    const struct words *words, const char *group);

/* The words of a chart: its own, its metric's, or those by default. */
const char *words_of(const struct chart *chart);

#endif
