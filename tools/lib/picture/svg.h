/*
 * svg - writes the elements of one picture.
 *
 *   struct svg svg = { out, "c1" };
 *   svg_begin(&svg, &head);
 *   svg_line(&svg, "gr", 40, 20, 350, 20);
 *   svg_path(&svg, "l0"); svg_to(&svg, 'M', 0, 9.5); svg_to(&svg, 'L', 5, 5);
 *   svg_path_end(&svg);
 *   svg_end(&svg);
 *
 * All looks are in classes and presentation attributes, none in style
 * attributes, which a strict page refuses; svg_style prints what they mean.
 * Text and axes are of currentColor, so that a picture in a page follows it; a
 * picture that stands alone brings its style, follows prefers-color-scheme and
 * draws its title.  The series 0 to SVG_SERIES - 1 differ by colour, dash
 * pattern, marker and hatching:
 *
 *   lN  a line      fN  an area or marker, full      kN  the same, pale
 *   aN  an area filled by a pattern
 *   ax  an axis     gr  a line of the grid           nb  a neighbour, unnamed
 *   e   text that ends at x      m   text in the middle of x     t  a title
 *
 * Numbers have at most one digit behind the point, which is a point in every
 * locale.
 */
#ifndef PULSE_SVG_H
#define PULSE_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A letter is about this wide, and a line of text this high. */
enum { SVG_SERIES = 6, SVG_LETTER = 7, SVG_LINE = 14 };

struct svg {
	FILE *out;
	const char *id; /* begins every id, so unique in the document */
};

struct svg_head {
	const char *title, *desc;
	double width, height;
	bool alone; /* not part of a page */
};

void svg_style(FILE *out);
void svg_begin(const struct svg *svg, const struct svg_head *head);
void svg_end(const struct svg *svg);

void svg_number(FILE *out, double number);
void svg_line(const struct svg *svg, const char *class, double x1, double y1,
	      double x2, double y2);
/* Text from outside, cut to columns. */
void svg_text(const struct svg *svg, const char *class, double x, double y,
	      const char *words, size_t columns);

/* Likewise, upwards. */
void svg_turned_text(const struct svg *svg, const char *class, double x,
		     double y, const char *words, size_t columns);

/* Commands as in SVG: M, L; H takes x alone, V y alone. */
void svg_path(const struct svg *svg, const char *class);
void svg_to(const struct svg *svg, char command, double x, double y);
void svg_box(const struct svg *svg, double x, double y, double width,
	     double height);
/* The marker of a series around a point. */
void svg_marker(const struct svg *svg, size_t series, double x, double y);
void svg_path_end(const struct svg *svg);

/* Patterns for the areas of the first count series; svg_area begins a path
 * that is filled by one of them. */
void svg_hatches(const struct svg *svg, size_t count);
void svg_area(const struct svg *svg, size_t series);

/* What follows is moved. */
void svg_move(const struct svg *svg, double x, double y);
void svg_move_end(const struct svg *svg);

#endif
