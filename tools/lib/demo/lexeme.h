/*
 * lexeme - JQL's words: quoted texts, operators, signs, words.
 *
 *   struct lexeme_reader reader = { .at = text };
 *   lexeme_next(&reader);
 *   if (lexeme_skip(&reader, "and")) ...
 *   free(reader.why);
 *
 * Once something is refused the reader is at its end for good.
 */
#ifndef PULSE_LEXEME_H
#define PULSE_LEXEME_H

#include <stdbool.h>

enum { LEXEME_SIZE = 512 };

struct lexeme_reader {
	const char *at;
	char token[LEXEME_SIZE]; /* the one in front */
	bool quoted;		 /* it stood in quotes */
	bool end;		 /* there is none */
	char *why;		 /* what was refused first; allocated */
};

void lexeme_next(struct lexeme_reader *reader);

/* Is this word in front, unquoted, in any case?  And past it if so. */
bool lexeme_is(const struct lexeme_reader *reader, const char *word);
bool lexeme_skip(struct lexeme_reader *reader, const char *word);

void lexeme_refuse(struct lexeme_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
