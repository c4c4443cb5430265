/*
 * ask - questions at a terminal.  They go to stderr, the answers come from
 * stdin; nothing is asked when stdin is no terminal.
 *
 *   if (ask_may()) name = ask_line("Organisation", "acme");
 *   token = ask_secret("Token");           what is typed is not shown
 *
 * Answers are allocated, blanks around them dropped; NULL: nothing was
 * answered (or the input has ended).  The terminal is put back also when a
 * signal ends the program.
 */
#ifndef PULSE_ASK_H
#define PULSE_ASK_H

#include <stdbool.h>

bool ask_may(void);
/* usual: what an empty answer means, or NULL. */
char *ask_line(const char *question, const char *usual);
/* The caller wipes it: explicit_bzero, free. */
char *ask_secret(const char *question);

#endif
