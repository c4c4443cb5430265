#include "storage/needles.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"

enum { SHORTEST = 4, DISTINCT = 6, ESCAPE = 12 }; /* \uXXXX\uXXXX */

static void
add_text(struct needles *needles, const char *text, size_t len, bool common)
{
	struct needles_one *one;
	unsigned char c = (unsigned char)text[0];

	needles->items = msg_realloc(needles->items,
				     (needles->count + 1) * sizeof(*one));
	one = &needles->items[needles->count++];
	one->text = msg_calloc(len + 1, 1);
	memcpy(one->text, text, len);
	one->len = len;
	one->common = common;
	needles->first[c] = true;
	if (c >= 'a' && c <= 'z')
		needles->first[c - 'a' + 'A'] = true;
	if (c >= 'A' && c <= 'Z')
		needles->first[c - 'A' + 'a'] = true;
}

/* The code point at *s of valid UTF-8, which is passed. */
static uint32_t
take_point(const unsigned char **s)
{
	unsigned char c = *(*s)++;
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
	uint32_t point = more == 0 ? c : c & (0x3fU >> more);

	while (more-- > 0 && **s != '\0')
		point = point << 6 | (*(*s)++ & 0x3fU);
	return point;
}

static char *
write_unit(char *out, uint32_t unit)
{
	return out + snprintf(out, ESCAPE, "\\u%04x", unit);
}

/* As JSON has it, with or without escapes for what is not ASCII. */
static void
escape(const char *name, bool ascii, char *out)
{
	const unsigned char *s = (const unsigned char *)name;

	while (*s != '\0') {
		const unsigned char *from = s;
		uint32_t point = take_point(&s);

		if (point == '"' || point == '\\')
			*out++ = '\\';
		if (point < 0x80 || !ascii) {
			memcpy(out, from, (size_t)(s - from));
			out += s - from;
		} else if (point < 0x10000) {
			out = write_unit(out, point);
		} else {
			point -= 0x10000;
			out = write_unit(out, 0xd800 | point >> 10);
			out = write_unit(out, 0xdc00 | (point & 0x3ff));
		}
	}
	*out = '\0';
}

static bool
is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c >= 0x80;
}

static bool
is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (!is_word((unsigned char)*name))
			return false;
	return true;
}

void
needles_add(struct needles *needles, const char *name, bool common)
{
	size_t len = strlen(name);
	char *escaped;
	int ascii;

	if (len == 0)
		return;
	common = common || (len < SHORTEST && is_plain(name));
	add_text(needles, name, len, common);
	escaped = msg_calloc(len + 1, ESCAPE);
	for (ascii = 0; ascii < 2; ascii++) {
		escape(name, ascii == 1, escaped);
		if (strcmp(escaped, name) != 0)
			add_text(needles, escaped, strlen(escaped), common);
	}
	free(escaped);
}

void
needles_free(struct needles *needles)
{
	while (needles->count > 0)
		free(needles->items[--needles->count].text);
	free(needles->items);
	*needles = (struct needles){ 0 };
}

static bool
stands_alone(const struct needles_one *one, const char *bytes, size_t size,
	     const char *at)
{
	const char *end = at + one->len, *whole = bytes + size;
	unsigned char before = at > bytes ? (unsigned char)at[-1] : ' ';
	unsigned char after = end < whole ? (unsigned char)*end : ' ';

	if (is_word(before) || is_word(after))
		return false;
	if (!one->common || before == '@')
		return true;
	return (at == bytes && end == whole) || (before == '"' && after == '"');
}

/* How long the longest needle is that stands at a place, 0: none does. */
static size_t
longest(const struct needles *needles, const char *bytes, size_t size,
	const char *at)
{
	size_t left = (size_t)(bytes + size - at), best = 0, i;

	for (i = 0; i < needles->count; i++) {
		const struct needles_one *one = &needles->items[i];

		if (one->len > best && one->len <= left &&
		    strncasecmp(at, one->text, one->len) == 0 &&
		    stands_alone(one, bytes, size, at))
			best = one->len;
	}
	return best;
}

const char *
needles_find(const struct needles *needles, const char *bytes, size_t size,
	     size_t *len)
{
	const char *at, *end = bytes + size;

	for (at = bytes; at < end; at++) {
		if (!needles->first[(unsigned char)*at])
			continue;
		*len = longest(needles, bytes, size, at);
		if (*len > 0)
			return at;
	}
	return NULL;
}

bool
needles_are_in(const struct needles *needles, const char *bytes, size_t size)
{
	const char *at, *end = bytes + size;
	size_t i;

	for (at = bytes; at < end; at++) {
		if (!needles->first[(unsigned char)*at])
			continue;
		for (i = 0; i < needles->count; i++) {
			const struct needles_one *one = &needles->items[i];

			if (one->len >= DISTINCT && !one->common &&
			    (size_t)(end - at) >= one->len &&
			    strncasecmp(at, one->text, one->len) == 0)
				return true;
		}
	}
	return false;
}

struct copy {
	char *text;
	size_t len, size;
};

static void
append(struct copy *copy, const char *bytes, size_t len)
{
	if (copy->text == NULL || copy->size - copy->len < len + 1) {
		copy->size = copy->size * 2 + len + 1;
		copy->text = msg_realloc(copy->text, copy->size);
	}
	memcpy(copy->text + copy->len, bytes, len);
	copy->len += len;
	copy->text[copy->len] = '\0';
}

char *
needles_replace(const struct needles *needles, const char *bytes, size_t size,
		const char *by, size_t *new_size)
{
	struct copy copy = { 0 };
	size_t done = 0, len;
	const char *at;

	/* Each look sees what stands before, so that words stay words. */
	while ((at = needles_find(needles, bytes + done, size - done, &len)) !=
	       NULL) {
		append(&copy, bytes + done, (size_t)(at - bytes) - done);
		append(&copy, by, strlen(by));
		done = (size_t)(at - bytes) + len;
	}
	if (copy.text == NULL)
		return NULL;
	append(&copy, bytes + done, size - done);
	*new_size = copy.len;
	return copy.text;
}
