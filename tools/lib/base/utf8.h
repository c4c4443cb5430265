/*
 * utf8 - what is UTF-8 and what is not.  pure.
 */
#ifndef PULSE_UTF8_H
#define PULSE_UTF8_H

#include <stddef.h>

/*
 * The length of the valid UTF-8 sequence at s (2 to 4), or 0: no overlong
 * forms, no surrogates, nothing above U+10FFFF (RFC 3629 section 4).
 */
size_t utf8_length(const unsigned char *s, size_t len);

/* The bytes of the character at s that a terminal may be shown, or 0: not
 * UTF-8, a control, or a mark that turns the direction of writing. */
size_t utf8_shown(const unsigned char *s, size_t len);

/* How many columns of a terminal the character at s takes, which utf8_shown
 * shows: 2 for the wide ones of East Asia and most emoji, 0 for marks that join
 * the character before. */
size_t utf8_columns(const unsigned char *s, size_t len);

/* Makes each byte of a text that is no part of valid UTF-8 a `?`. */
void utf8_clean(char *text);

#endif
