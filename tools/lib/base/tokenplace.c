#include "base/tokenplace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ask.h"
#include "base/atomic.h"
#include "base/msg.h"

enum { LONGEST = 8192 };

static char *
complain(const char *act, const char *subject, const char *reason)
{
	return msg_text("cannot %s '%s': %s", act, subject, reason);
}

static bool
is_set(const char *const *variables)
{
	for (; *variables != NULL; variables++) {
		const char *value = getenv(*variables);

		if (value != NULL && *value != '\0')
			return true;
	}
	return false;
}

/* One line of standard input, or NULL. */
static char *
read_token(void)
{
	char line[LONGEST], *token = NULL;
	size_t len = fread(line, 1, sizeof(line) - 1, stdin), end;

	line[len] = '\0';
	end = strcspn(line, "\r\n");
	if (end > 0 && end + strspn(line + end, "\r\n") == len)
		token = strndup(line, end);
	explicit_bzero(line, sizeof(line));
	return token;
}

static int
keep(const struct tokenplace *place, char *token, char **path, char **why)
{
	int failed = atomic_write(place->make, token, strlen(token));
	int error = errno;

	explicit_bzero(token, strlen(token));
	free(token);
	if (failed != 0) {
		*why = complain("write", place->make, strerror(error));
		return EX_CANTCREAT;
	}
	*path = msg_strdup(place->make);
	return EX_OK;
}

int
tokenplace_find(const struct tokenplace *place, char **path, bool *made,
		char **why)
{
	bool piped = place->given != NULL && strcmp(place->given, "-") == 0;
	char *token = NULL;

	*path = NULL;
	if (piped && (token = read_token()) == NULL) {
		*why = complain("take the token from", "standard input",
				"one line is needed");
		return EX_DATAERR;
	}
	if (place->given == NULL && ask_may() && !is_set(place->variables))
		token = ask_secret(place->question);
	*made = token != NULL;
	if (token != NULL)
		return keep(place, token, path, why);
	if (place->given == NULL)
		return EX_OK;
	*path = realpath(place->given, NULL);
	if (*path != NULL)
		return EX_OK;
	*why = complain("use the token in", place->given, strerror(errno));
	return EX_NOINPUT;
}
