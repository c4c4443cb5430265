/*
 * markup - text from outside in HTML and SVG: the one place that escapes.
 *
 * What utf8_shown refuses (controls, marks that turn the direction of writing,
 * bad UTF-8) shows as \xNN, as in a terminal; & < > " ' become references, so
 * that the text may stand between tags and in a quoted attribute alike.
 *
 * A column is the room of one letter; wide characters take two.
 */
#ifndef PULSE_MARKUP_H
#define PULSE_MARKUP_H

#include <stddef.h>
#include <stdio.h>

void markup_text(FILE *out, const char *text);
void markup_bytes(FILE *out, const char *text, size_t len);

/* At most that many columns; the last is an ellipsis where more came. */
void markup_cut(FILE *out, const char *text, size_t columns);
size_t markup_columns(const char *text);

#endif
