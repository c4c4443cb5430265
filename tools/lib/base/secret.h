/*
 * secret - tokens: where they come from, and that they stay here.
 *
 * A value comes from, in this order, $CREDENTIALS_DIRECTORY/NAME, a file given
 * (`-` is standard input), the config's reference, the environment.  A file
 * must be regular, no link, owned by us or root, without group or other bits,
 * at most 8 KiB; else *why says what chmod to run.  The value sits in a page
 * of its own that no core dump holds, and is wiped by secret_free.  secret_open
 * also turns core dumps and ptrace off for this process.
 */
#ifndef PULSE_SECRET_H
#define PULSE_SECRET_H

#include <stddef.h>

struct secret_places {
	const char *credential; /* name in $CREDENTIALS_DIRECTORY, or NULL */
	const char *given;	/* --token-file, or NULL */
	const char *file, *env; /* the config's {file:} and {env:}, or NULL */
	const char *const *variables; /* NULL-ended, tried last */
};

struct secret;

/* NULL with *why (allocated) when a place that was named cannot be used, or
 * with *why NULL when no place holds a value. */
struct secret *secret_open(const struct secret_places *places, char **why);
const char *secret_text(const struct secret *secret);
void secret_free(struct secret *secret);

/* No core dump and no ptrace of this process: for one that is shown secrets.
 * 0, or -1 with errno. */
int secret_guard(void);

/* Takes the variables that hold tokens out of this process's environment. */
void secret_drop_environment(void);

#endif
