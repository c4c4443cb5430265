#include "records/span.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static const char *
blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* p stands after the opening quote; returns the closing one. */
static const char *
closing_quote(const char *p, const char *end)
{
	const char *quote = p, *slash;

	while ((quote = memchr(quote, '"', (size_t)(end - quote))) != NULL) {
		for (slash = quote; slash > p && slash[-1] == '\\'; slash--)
			;
		if ((quote - slash) % 2 == 0)
			return quote;
		quote++;
	}
	return end;
}

/* p stands on the bracket; returns what follows its closing one. */
static const char *
after_container(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '"')
			p = closing_quote(p + 1, end);
		else if (*p == '{' || *p == '[')
			depth++;
		else if ((*p == '}' || *p == ']') && --depth == 0)
			return p + 1;
	}
	return end;
}

static const char *
after_scalar(const char *p, const char *end)
{
	while (p < end && strchr(",]} \n\r\t", *p) == NULL)
		p++;
	return p;
}

static enum json_type
type_of(char c)
{
	switch (c) {
	case '"':
		return JSON_STRING;
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

static const char *
read_value(const char *p, const char *end, struct json_span *span)
{
	const char *after;

	*span = (struct json_span){ .at = p, .type = type_of(*p) };
	if (span->type == JSON_STRING) {
		span->at = p + 1;
		after = closing_quote(p + 1, end);
		span->len = (size_t)(after - span->at);
		span->escaped = memchr(span->at, '\\', span->len) != NULL;
		return after < end ? after + 1 : end;
	}
	after = span->type == JSON_OBJECT || span->type == JSON_ARRAY
			? after_container(p, end)
			: after_scalar(p, end);
	span->len = (size_t)(after - p);
	return after;
}

struct json_walk
json_walk(const struct json_span *container)
{
	struct json_walk walk = { NULL, NULL, container->type == JSON_OBJECT };

	if (container->type == JSON_OBJECT || container->type == JSON_ARRAY) {
		walk.at = container->at + 1;
		walk.end = container->at + container->len - 1;
	}
	return walk;
}

bool
json_next(struct json_walk *walk, struct json_span *key,
	  struct json_span *value)
{
	const char *p = blanks(walk->at, walk->end);

	*key = (struct json_span){ .type = JSON_ABSENT };
	if (p == walk->end)
		return false;
	if (walk->object) {
		p = blanks(read_value(p, walk->end, key), walk->end);
		if (p < walk->end) /* the colon */
			p = blanks(p + 1, walk->end);
	}
	if (p == walk->end)
		return false;
	p = blanks(read_value(p, walk->end, value), walk->end);
	walk->at = p < walk->end ? p + 1 : p; /* past the comma */
	return true;
}

static unsigned
hex4(const char *p)
{
	unsigned number = 0;
	int i;

	for (i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		number = number << 4 | (c <= '9' ? c - '0' : (c & 7) + 9);
	}
	return number;
}

static size_t
utf8(unsigned point, char *out)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

/* p stands after `\u`, its digits are checked; returns what follows, or NULL
 * when the character must not be stored. */
static const char *
unicode(const char *p, const char *end, unsigned *point)
{
	unsigned low;

	*point = hex4(p);
	p += 4;
	if (*point == 0 || (*point >= 0xdc00 && *point <= 0xdfff))
		return NULL;
	if (*point < 0xd800 || *point > 0xdbff)
		return p;
	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return NULL;
	low = hex4(p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return NULL;
	*point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
	return p + 6;
}

static char
letter(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

int64_t
json_decode(const struct json_span *string, char *out)
{
	const char *p = string->at, *end = p + string->len;
	size_t len = 0;
	unsigned point;

	if (!string->escaped) {
		memcpy(out, p, string->len);
		return (int64_t)string->len;
	}
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((slash != NULL ? slash : end) - p);

		memmove(out + len, p, plain);
		len += plain;
		p += plain;
		if (p == end)
			break;
		if (p[1] != 'u') {
			out[len++] = letter(p[1]);
			p += 2;
			continue;
		}
		if ((p = unicode(p + 2, end, &point)) == NULL)
			return -1;
		len += utf8(point, out + len);
	}
	return (int64_t)len;
}

char *
json_text(const struct json_span *span)
{
	char *text;
	int64_t len;

	if (span->type != JSON_STRING)
		return NULL;
	text = msg_calloc(span->len + 1, 1);
	len = json_decode(span, text);
	if (len < 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

bool
json_copy(const struct json_span *span, char *out, size_t size)
{
	char *text = json_text(span);
	bool fits = text != NULL && strlen(text) < size;

	if (fits)
		memcpy(out, text, strlen(text) + 1);
	free(text);
	return fits;
}

bool
json_flag(const struct json_span *span, bool *flag)
{
	*flag = span->type == JSON_TRUE;
	return *flag || span->type == JSON_FALSE;
}

bool
json_is_storable(const struct json_span *span)
{
	char *text;

	if (span->type != JSON_STRING)
		return false;
	if (!span->escaped)
		return true;
	text = json_text(span);
	free(text);
	return text != NULL;
}

bool
json_int(const struct json_span *span, int64_t *number)
{
	bool minus = span->type == JSON_NUMBER && *span->at == '-';
	uint64_t most = (uint64_t)INT64_MAX + minus, n = 0;
	size_t i;

	if (span->type != JSON_NUMBER)
		return false;
	for (i = minus; i < span->len; i++) {
		unsigned digit = (unsigned)(span->at[i] - '0');

		if (digit > 9 || n > (most - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

bool
json_real(const struct json_span *span, double *number)
{
	char few[64], *text = few;

	if (span->type != JSON_NUMBER)
		return false;
	if (span->len >= sizeof(few))
		text = msg_calloc(span->len + 1, 1);
	memcpy(text, span->at, span->len);
	text[span->len] = '\0';
	*number = strtod(text, NULL);
	if (text != few)
		free(text);
	return isfinite(*number);
}

bool
json_is(const struct json_span *span, const char *text)
{
	size_t len = strlen(text);
	char *decoded;
	bool same;

	if (span->type != JSON_STRING)
		return false;
	if (!span->escaped)
		return span->len == len && memcmp(span->at, text, len) == 0;
	decoded = json_text(span);
	same = decoded != NULL && strcmp(decoded, text) == 0;
	free(decoded);
	return same;
}
