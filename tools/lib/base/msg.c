#include "base/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/runfile.h"

static const char *program = "pulse";

void
msg_start(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	program = slash == NULL ? argv0 : slash + 1;
}

const char *
msg_name(void)
{
	return program;
}

/* Writes the line with its newline in one piece; control bytes as \xNN. */
static void
say(const char *text)
{
	char line[4096];
	size_t at = (size_t)snprintf(line, sizeof(line) - 8, "%s: ", program);
	const unsigned char *s = (const unsigned char *)text;

	if (at > sizeof(line) / 2)
		at = sizeof(line) / 2;
	for (; *s != '\0' && at < sizeof(line) - 8; s++) {
		if (*s < 0x20 || *s == 0x7f)
			at += (size_t)snprintf(line + at, 5, "\\x%02x", *s);
		else
			line[at++] = (char)*s;
	}
	line[at++] = '\n';
	if (write(STDERR_FILENO, line, at) < 0)
		return; /* nobody is left to tell */
}

static void
format_into(char *out, size_t size, const char *format, va_list args)
{
	if (vsnprintf(out, size, format, args) < 0)
		snprintf(out, size, "a message that cannot be formatted");
}

void
msg_say(const char *format, ...)
{
	char text[3072];
	va_list args;

	va_start(args, format);
	format_into(text, sizeof(text), format, args);
	va_end(args);
	say(text);
}

/* Best effort: the line on stderr and the exit code say the same. */
static void
record(enum outcome_class class, int code, int64_t not_before, const char *text)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_key(&w, "tool");
	jsonw_string(&w, program);
	jsonw_key(&w, "code");
	jsonw_int(&w, code);
	jsonw_key(&w, "class");
	jsonw_string(&w, outcome_name(class));
	jsonw_key(&w, "reason");
	jsonw_string(&w, text);
	jsonw_key(&w, "at");
	jsonw_time(&w, clock_now());
	if (not_before > 0) {
		jsonw_key(&w, "not_before");
		jsonw_time(&w, not_before);
	}
	jsonw_close(&w, '}');
	if (runfile_add("failures", &w) != 0)
		say("cannot note the failure in its run's folder");
	jsonw_free(&w);
}

void
msg_die(int code, const char *format, ...)
{
	char text[3072];
	va_list args;

	va_start(args, format);
	format_into(text, sizeof(text), format, args);
	va_end(args);
	say(text);
	record(outcome_of_code(code), code, 0, text);
	exit(code);
}

void
msg_die_class(enum outcome_class class, int64_t not_before, const char *format,
	      ...)
{
	char text[3072];
	va_list args;

	va_start(args, format);
	format_into(text, sizeof(text), format, args);
	va_end(args);
	say(text);
	record(class, outcome_code(class), not_before, text);
	exit(outcome_code(class));
}

static void *
or_die(void *memory)
{
	if (memory == NULL) {
		say("cannot go on: out of memory");
		_exit(EX_OSERR);
	}
	return memory;
}

void *
msg_calloc(size_t count, size_t size)
{
	return or_die(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *
msg_realloc(void *memory, size_t size)
{
	return or_die(realloc(memory, size > 0 ? size : 1));
}

char *
msg_strdup(const char *text)
{
	return or_die(strdup(text));
}

char *
msg_text(const char *format, ...)
{
	char *text;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return or_die(len < 0 ? NULL : text);
}

void
msg_end_output(void)
{
	if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0)
		msg_die(EX_IOERR, "cannot write 'standard output': %s",
			strerror(errno));
}
