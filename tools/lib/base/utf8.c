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

/* The length of a sequence beyond ASCII and what it stands for, or 0. */
static size_t
read_point(const unsigned char *s, size_t len, uint32_t *point)
{
	size_t need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2, i;

	if (s[0] < 0xc2 || s[0] > 0xf4 || need > len)
		return 0;
	*point = s[0] & (0xffu >> (need + 1));
	for (i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (s[i] & 0x3fu);
	}
	return need;
}

size_t
utf8_columns(const unsigned char *s, size_t len)
{
	/* East Asian Width W and F (Unicode annex 11), and what combines. */
	static const struct {
		uint32_t from, to;
		size_t columns;
	} ranges[] = {
		{ 0x300, 0x36f, 0 },	 { 0x1100, 0x115f, 2 },
		{ 0x200b, 0x200d, 0 },	 { 0x20d0, 0x20f0, 0 },
		{ 0x2e80, 0x303e, 2 },	 { 0x3041, 0xa4cf, 2 },
		{ 0xac00, 0xd7a3, 2 },	 { 0xf900, 0xfaff, 2 },
		{ 0xfe00, 0xfe0f, 0 },	 { 0xfe30, 0xfe6f, 2 },
		{ 0xff00, 0xff60, 2 },	 { 0xffe0, 0xffe6, 2 },
		{ 0x1f300, 0x1f64f, 2 }, { 0x1f680, 0x1f6ff, 2 },
		{ 0x1f900, 0x1faff, 2 }, { 0x20000, 0x3fffd, 2 },
	};
	uint32_t point;
	size_t i;

	if (s[0] < 0x80 || read_point(s, len, &point) == 0)
		return 1;
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (point >= ranges[i].from && point <= ranges[i].to)
			return ranges[i].columns;
	return 1;
}

size_t
utf8_shown(const unsigned char *s, size_t len)
{
	uint32_t point;
	size_t need;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	need = read_point(s, len, &point);
	if (need == 0 || point < 0xa0 || point == 0x61c || point == 0x200e ||
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
