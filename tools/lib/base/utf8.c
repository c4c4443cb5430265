#include "base/utf8.h"

#include <string.h>

size_t
utf8_length(const unsigned char *s, size_t len)
{
	static const struct {
		unsigned char from, to, low, high;
		size_t len;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (s[0] < forms[i].from || s[0] > forms[i].to)
			continue;
		if (len < forms[i].len || s[1] < forms[i].low ||
		    s[1] > forms[i].high)
			return 0;
		for (k = 2; k < forms[i].len; k++)
			if (s[k] < 0x80 || s[k] > 0xbf)
				return 0;
		return forms[i].len;
	}
	return 0;
}

void
utf8_clean(char *text)
{
	unsigned char *s = (unsigned char *)text;
	size_t len = strlen(text), n;

	for (; len > 0; s += n, len -= n) {
		n = *s < 0x80 ? 1 : utf8_length(s, len);
		if (n == 0) {
			*s = '?';
			n = 1;
		}
	}
}
