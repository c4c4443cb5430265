/* utf8: what may be shown, and how many columns it takes. */
#include <string.h>

#include "base/utf8.h"
#include "check.h"

static size_t
shown(const char *s)
{
	return utf8_shown((const unsigned char *)s, strlen(s));
}

static size_t
columns(const char *s)
{
	return utf8_columns((const unsigned char *)s, strlen(s));
}

int
main(void)
{
	CHECK(shown("a") == 1 && columns("a") == 1);
	CHECK(shown("\x1b[2J") == 0);
	CHECK(shown("\u00fc") == 2 && columns("\u00fc") == 1);
	CHECK(shown("\u9032") == 3 && columns("\u9032") == 2); /* CJK */
	CHECK(columns("\uac00") == 2);			       /* Hangul */
	CHECK(columns("\uff21") == 2);			       /* fullwidth A */
	CHECK(columns("\uff71") == 1);			       /* halfwidth */
	CHECK(columns("\U0001f9ea") == 2);		       /* test tube */
	CHECK(columns("\u0301") == 0);			       /* acute */
	CHECK(columns("\u2588") == 1);			       /* full block */
	CHECK(shown("\u202e") == 0);			       /* override */
	CHECK(shown("\xe9\x80") == 0 && columns("\xe9\x80") == 1);
	CHECK(utf8_length((const unsigned char *)"\xed\xa0\x80", 3) == 0);
	return 0;
}
