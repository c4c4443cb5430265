/*
 * program - answers a request by what a program prints, once it has.
 *
 *   program_begin(&program, "metrics");
 *   program_word(&program, "--since=%s", since);
 *   program_answer(x, &program, &call);
 *
 * A value from outside is always behind the name of its option, in one word.
 * When the program ends with 0, printed is called, which answers; else it is
 * refused here: its usage as 400, busy or late as 503, and so on, with what it
 * said on standard error.
 */
#ifndef PULSE_PROGRAM_H
#define PULSE_PROGRAM_H

#include "web/brood.h"
#include "web/exchange.h"

enum { PROGRAM_WORDS = 64 };

struct program {
	char *words[PROGRAM_WORDS + 1];
	size_t count;
};

void program_begin(struct program *program, const char *name);
/* An option or operand; of too many the rest is left away, so callers bound
 * what they take. */
void program_word(struct program *program, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Frees the words of one that is not to be run. */
void program_drop(struct program *program);

struct program_call {
	void (*printed)(struct exchange *x, const struct child_result *result,
			void *arg);
	void (*drop)(void *arg); /* or NULL */
	void *arg;
};
/* Runs it and drops its words.  The answer comes later: printed gets the
 * exchange to answer, and arg; drop(arg) is called once when all is over,
 * answered or not. */
void program_answer(struct exchange *x, struct program *program,
		    const struct program_call *call);

#endif
