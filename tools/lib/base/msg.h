/*
 * msg - what a program says to people, and how it ends when it fails.
 *
 * Lines go to stderr as `prog: text`, whole and in one write, so that the
 * stages of a pipe do not mix theirs.  A failure has the form
 * `prog: cannot VERB 'subject': reason`.  When PULSE_RUN_DIR is set the same
 * is appended as one JSON line with its class to $PULSE_RUN_DIR/failures,
 * where the run's supervisor and retry-scan read it.
 *
 * Control bytes in a line are shown as \xNN: names come from outside.
 */
#ifndef PULSE_MSG_H
#define PULSE_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

void msg_start(const char *argv0);
const char *msg_name(void);

void msg_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

_Noreturn void msg_die(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Dies with the code of class; not_before in ms since the epoch, 0: none. */
_Noreturn void msg_die_class(enum outcome_class class, int64_t not_before,
			     const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Memory or death (71): state is on disk, so dying is safe. */
void *msg_calloc(size_t count, size_t size) __attribute__((returns_nonnull));
void *msg_realloc(void *memory, size_t size);
char *msg_strdup(const char *text) __attribute__((returns_nonnull));
/* The text that printf would write, allocated. */
char *msg_text(const char *format, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));

/* Flushes and closes stdout; an error there is death with 74. */
void msg_end_output(void);

#endif
