/*
 * tokenplace - where a token of a first set-up is: in a file that is there
 * already, in one that is made of what is typed (without echo) or piped in, or
 * nowhere: then the environment has it.
 */
#ifndef PULSE_TOKENPLACE_H
#define PULSE_TOKENPLACE_H

#include <stdbool.h>

struct tokenplace {
	const char *given; /* a file, "-" for standard input, or NULL */
	const char *make;  /* the file to make, mode 0600 */
	const char *question;
	const char *variables[3]; /* NULL-ended; one that is set: not asked */
};

/* 0 with *path (allocated; NULL: nowhere) and *made; or the exit code, with
 * *why (allocated). */
int tokenplace_find(const struct tokenplace *place, char **path, bool *made,
		    char **why);

#endif
