#include "base/utf8.h"

#include <stdint.h>
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

size_t
utf8_shown(const unsigned char *s, size_t len)
{
	size_t need, i;
	uint32_t point;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || need > len)
		return 0;
	point = s[0] & (0xffu >> (need + 1));
	for (i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3fu);
	}
	if (point < 0xa0 || point == 0x61c || point == 0x200e ||
	    point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2066 && point <= 0x2069))
		return 0;
	return need;
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
