#include "demo/lexeme.h"

#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"

void
lexeme_refuse(struct lexeme_reader *reader, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (reader->why != NULL)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	reader->why = msg_strdup(line);
	reader->end = true;
	reader->token[0] = '\0';
}

static void
take_quoted(struct lexeme_reader *reader)
{
	char quote = *reader->at++;
	size_t len = 0;

	while (*reader->at != '\0' && *reader->at != quote) {
		if (*reader->at == '\\' && reader->at[1] != '\0')
			reader->at++;
		if (len + 1 < LEXEME_SIZE)
			reader->token[len++] = *reader->at;
		reader->at++;
	}
	reader->token[len] = '\0';
	reader->quoted = true;
	if (*reader->at == quote)
		reader->at++;
	else
		lexeme_refuse(reader, "Error in the JQL Query: The quoted "
				      "string has not been completed.");
}

static bool
is_word(char c)
{
	return c != '\0' && !isspace((unsigned char)c) &&
	       strchr("=!<>(),\"'", c) == NULL;
}

void
lexeme_next(struct lexeme_reader *reader)
{
	size_t len = 0;

	reader->quoted = false;
	while (isspace((unsigned char)*reader->at))
		reader->at++;
	reader->end = *reader->at == '\0' || reader->why != NULL;
	reader->token[0] = '\0';
	if (reader->end)
		return;
	if (*reader->at == '"' || *reader->at == '\'') {
		take_quoted(reader);
		return;
	}
	if (is_word(*reader->at)) {
		while (is_word(*reader->at) && len + 1 < LEXEME_SIZE)
			reader->token[len++] = *reader->at++;
	} else {
		reader->token[len++] = *reader->at++;
		if (strchr("!<>", reader->token[0]) != NULL &&
		    *reader->at == '=')
			reader->token[len++] = *reader->at++;
	}
	reader->token[len] = '\0';
}

bool
lexeme_is(const struct lexeme_reader *reader, const char *word)
{
	return !reader->end && !reader->quoted &&
	       strcasecmp(reader->token, word) == 0;
}

bool
lexeme_skip(struct lexeme_reader *reader, const char *word)
{
	if (!lexeme_is(reader, word))
		return false;
	lexeme_next(reader);
	return true;
}
