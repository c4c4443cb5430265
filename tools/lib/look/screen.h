/*
 * screen - the overview drawn again whenever something changes: woken by the
 * status files, by the progress of what runs, and by a second's tick while a
 * clock is shown that counts.
 *
 * On a terminal each frame replaces the last without flicker, on the alternate
 * screen, which INT and TERM give back; elsewhere frames that differ follow one
 * another.
 */
#ifndef PULSE_SCREEN_H
#define PULSE_SCREEN_H

#include <stdio.h>

#include "look/overview.h"

struct screen {
	struct overview *overview;
	const struct overview_ask *ask;
	/* Draws a frame of at most so many columns (0: no matter). */
	void (*draw)(void *arg, FILE *out, int width);
	void *arg;
};

/* The columns of the terminal on stdout; 0: it is none. */
int screen_width(void);

/* Until INT, TERM or HUP: 0; -1 with errno when stdout cannot be written. */
int screen_run(const struct screen *screen);

#endif
