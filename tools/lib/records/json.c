#include "records/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/msg.h"
#include "records/paths.h"

/* No node: nothing below is wanted. */
static const size_t NOWHERE = (size_t)-1;

/*
 * One scan.  The functions below take the place to go on from and return the
 * place after what they read, or NULL when why and at say what is wrong.
 */
struct scan {
	const struct json_paths *paths;
	struct json_span *spans;
	const uint8_t *end;
	bool portable;
	bool doubled; /* a wanted key came twice */
	int depth;
	size_t escapes; /* so far */
	const char *why;
	const uint8_t *at;
};

static const uint8_t *
fail(struct scan *s, const uint8_t *p, const char *why)
{
	s->why = p == s->end ? "ends in the middle" : why;
	s->at = p;
	return NULL;
}

/* The byte at p; 0, which no JSON text holds outside its strings, at the end */
static inline uint8_t
peek(const struct scan *s, const uint8_t *p)
{
	return p < s->end ? *p : 0;
}

static inline const uint8_t *
blanks(const struct scan *s, const uint8_t *p)
{
	while (p < s->end && *p <= ' ' &&
	       (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* Is this a byte that string must look at: a quote, a backslash, a control
 * byte, part of a UTF-8 sequence? */
static inline bool
is_special(uint8_t c)
{
	return c == '"' || c == '\\' || c < 0x20 || c >= 0x80;
}

/* Skips bytes that are not special, eight at once.  A word's byte is special
 * when its top bit is set in hits; a borrow can only set more of them after a
 * byte that is one already, so the loop below finds the first. */
static __attribute__((noinline)) const uint8_t *
plain_portable(const uint8_t *p, const uint8_t *end)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;

	while (end - p >= 8) {
		uint64_t w, quote, slash, hits;

		memcpy(&w, p, 8);
		quote = w ^ (ones * '"');
		slash = w ^ (ones * '\\');
		hits = (w - ones * 0x20) | (quote - ones) | (slash - ones) | w;
		if ((hits & tops) != 0)
			break;
		p += 8;
	}
	while (p < end && !is_special(*p))
		p++;
	return p;
}

#ifdef __SSE2__
/* As signed bytes, controls and those from 0x80 on are both below 0x20. */
static inline const uint8_t *
plain_fast(const uint8_t *p, const uint8_t *end)
{
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(0x20);

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const void *)p);
		__m128i hits = _mm_or_si128(_mm_cmpeq_epi8(v, quote),
					    _mm_cmpeq_epi8(v, slash));
		unsigned mask = (unsigned)_mm_movemask_epi8(
			_mm_or_si128(hits, _mm_cmplt_epi8(v, space)));

		if (mask != 0)
			return p + __builtin_ctz(mask);
	}
	while (p < end && !is_special(*p))
		p++;
	return p;
}
#else
#define plain_fast plain_portable
#endif

/* RFC 3629 section 4: no overlong forms, no surrogates, not past U+10FFFF. */
static const uint8_t *
sequence(struct scan *s, const uint8_t *p)
{
	uint8_t low = 0x80, high = 0xbf;
	int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
	const uint8_t *next = p + 1;

	if (*p < 0xc2 || *p > 0xf4)
		return fail(s, p, "bad UTF-8");
	if (*p == 0xe0)
		low = 0xa0;
	else if (*p == 0xed)
		high = 0x9f;
	else if (*p == 0xf0)
		low = 0x90;
	else if (*p == 0xf4)
		high = 0x8f;
	for (; more > 0; more--, next++, low = 0x80, high = 0xbf)
		if (peek(s, next) < low || *next > high)
			return fail(s, next == s->end ? next : p, "bad UTF-8");
	return next;
}

/* p stands after the backslash. */
static const uint8_t *
escape(struct scan *s, const uint8_t *p)
{
	int i;

	switch (peek(s, p)) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return p + 1;
	case 'u':
		for (i = 1; i <= 4; i++)
			if (!isxdigit(peek(s, p + i)))
				return fail(s, p + i, "bad \\u escape");
		return p + 5;
	default:
		return fail(s, p, "bad escape");
	}
}

static inline const uint8_t *
plain(const struct scan *s, const uint8_t *p)
{
	return s->portable ? plain_portable(p, s->end) : plain_fast(p, s->end);
}

/* The part of a string from its first special byte on.  Kept apart, so that
 * what most strings need fits in the registers of its callers. */
static __attribute__((noinline)) const uint8_t *
rest_of_string(struct scan *s, const uint8_t *p)
{
	while (p < s->end && *p != '"') {
		if (*p >= 0x80) {
			p = sequence(s, p);
		} else if (*p == '\\') {
			s->escapes++;
			p = escape(s, p + 1);
		} else if (*p < 0x20) {
			return fail(s, p, "control byte in a string");
		}
		if (p == NULL)
			return NULL;
		p = plain(s, p);
	}
	return p < s->end ? p + 1 : fail(s, p, "");
}

/* p stands after the opening quote. */
static inline const uint8_t *
string(struct scan *s, const uint8_t *p)
{
	p = plain(s, p);
	return peek(s, p) == '"' ? p + 1 : rest_of_string(s, p);
}

static inline const uint8_t *
digits(const struct scan *s, const uint8_t *p)
{
	while (p < s->end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

static const uint8_t *
number(struct scan *s, const uint8_t *p)
{
	const uint8_t *from = p;

	if (peek(s, p) == '-')
		from = ++p;
	if (peek(s, p) == '0')
		p++;
	else if ((p = digits(s, p)) == from)
		return fail(s, p, "not a JSON value");
	if (peek(s, p) == '.') {
		from = ++p;
		if ((p = digits(s, p)) == from)
			return fail(s, p, "bad number");
	}
	if (peek(s, p) == 'e' || peek(s, p) == 'E') {
		p++;
		if (peek(s, p) == '+' || peek(s, p) == '-')
			p++;
		from = p;
		if ((p = digits(s, p)) == from)
			return fail(s, p, "bad number");
	}
	return p;
}

static const uint8_t *
literal(struct scan *s, const uint8_t *p, const char *word)
{
	for (; *word != '\0'; word++, p++)
		if (peek(s, p) != (uint8_t)*word)
			return fail(s, p, "not a JSON value");
	return p;
}

static const uint8_t *value(struct scan *s, const uint8_t *p, size_t node);

static size_t
find_escaped(const struct scan *s, size_t parent, const struct json_span *key)
{
	char *text = msg_calloc(key->len + 1, 1);
	int64_t len = json_decode(key, text);
	size_t node = 0;

	if (len >= 0)
		node = paths_find(s->paths, parent, text, (size_t)len);
	free(text);
	return node;
}

/* The node of a key below parent, which is counted. */
static size_t
wanted(struct scan *s, size_t parent, const struct json_span *key)
{
	size_t node = key->escaped
			      ? find_escaped(s, parent, key)
			      : paths_find(s->paths, parent, key->at, key->len);

	if (node == 0)
		return NOWHERE;
	if (s->paths->seen[node] > 0)
		s->doubled = true;
	if (s->paths->seen[node] < 2)
		s->paths->seen[node]++;
	return node;
}

/* Has parent a child whose key is as long as this one, or may it have? */
static inline bool
may_be_wanted(const struct scan *s, size_t parent, const struct json_span *key)
{
	return parent != NOWHERE &&
	       (key->escaped ||
		(s->paths->nodes[parent].lengths >> (key->len & 63) & 1) != 0);
}

/* A key and its colon; p stands at its quote. */
static inline const uint8_t *
member(struct scan *s, const uint8_t *p, size_t parent, size_t *node)
{
	struct json_span key = { (const char *)p + 1, 0, JSON_STRING, false,
				 false };
	size_t escapes = s->escapes;

	if (peek(s, p) != '"')
		return fail(s, p, "not a key");
	if ((p = string(s, p + 1)) == NULL)
		return NULL;
	key.len = (size_t)((const char *)p - key.at) - 1;
	key.escaped = s->escapes != escapes;
	*node = may_be_wanted(s, parent, &key) ? wanted(s, parent, &key)
					       : NOWHERE;
	if (peek(s, p = blanks(s, p)) != ':')
		return fail(s, p, "no colon after a key");
	return blanks(s, p + 1);
}

/* p stands after the brace. */
static const uint8_t *
object(struct scan *s, const uint8_t *p, size_t node)
{
	p = blanks(s, p);
	if (peek(s, p) == '}')
		return p + 1;
	for (;;) {
		size_t child = NOWHERE;

		if ((p = member(s, p, node, &child)) == NULL ||
		    (p = value(s, p, child)) == NULL)
			return NULL;
		p = blanks(s, p);
		if (peek(s, p) == '}')
			return p + 1;
		if (peek(s, p) != ',')
			return fail(s, p, "no comma between members");
		p = blanks(s, p + 1);
	}
}

/* p stands after the bracket; a path does not lead into an array. */
static const uint8_t *
array(struct scan *s, const uint8_t *p)
{
	p = blanks(s, p);
	if (peek(s, p) == ']')
		return p + 1;
	for (;;) {
		if ((p = value(s, p, NOWHERE)) == NULL)
			return NULL;
		p = blanks(s, p);
		if (peek(s, p) == ']')
			return p + 1;
		if (peek(s, p) != ',')
			return fail(s, p, "no comma between elements");
		p = blanks(s, p + 1);
	}
}

static const uint8_t *
container(struct scan *s, const uint8_t *p, size_t node)
{
	if (s->depth == JSON_DEPTH)
		return fail(s, p, "deeper than 128");
	s->depth++;
	p = *p == '{' ? object(s, p + 1, node) : array(s, p + 1);
	s->depth--;
	return p;
}

/* Of a doubled key the first value is kept. */
static void
keep(struct scan *s, size_t node, const uint8_t *from, const uint8_t *to,
     enum json_type type)
{
	struct json_span span = { (const char *)from, (size_t)(to - from), type,
				  false, false };
	int64_t i;

	if (s->paths->seen[node] > 1)
		return;
	if (type == JSON_STRING) {
		span.at++;
		span.len -= 2;
		span.escaped = memchr(span.at, '\\', span.len) != NULL;
	}
	for (i = s->paths->nodes[node].want; i >= 0; i = s->paths->same[i])
		s->spans[i] = span;
}

static const uint8_t *
scalar(struct scan *s, const uint8_t *p, enum json_type *type)
{
	switch (peek(s, p)) {
	case 'n':
		*type = JSON_NULL;
		return literal(s, p, "null");
	case 't':
		*type = JSON_TRUE;
		return literal(s, p, "true");
	case 'f':
		*type = JSON_FALSE;
		return literal(s, p, "false");
	default:
		*type = JSON_NUMBER;
		return number(s, p);
	}
}

static const uint8_t *
value(struct scan *s, const uint8_t *p, size_t node)
{
	const uint8_t *from = p;
	enum json_type type;

	switch (peek(s, p)) {
	case '"':
		type = JSON_STRING;
		p = string(s, p + 1);
		break;
	case '{':
		type = JSON_OBJECT;
		p = container(s, p, node);
		break;
	case '[':
		type = JSON_ARRAY;
		p = container(s, p, node);
		break;
	default:
		p = scalar(s, p, &type);
	}
	if (node != NOWHERE && p != NULL)
		keep(s, node, from, p, type);
	return p;
}

/* Parents stand before their children, so one pass marks whole branches. */
static void
mark_doubled(const struct json_paths *paths, struct json_span *spans)
{
	size_t k;
	int64_t i;

	for (k = 1; k < paths->node_count; k++) {
		const struct paths_node *n = &paths->nodes[k];

		if (paths->seen[n->parent] > 1)
			paths->seen[k] = 2;
		for (i = n->want; i >= 0; i = paths->same[i])
			spans[i].doubled = paths->seen[k] > 1;
	}
}

static void
start(struct scan *s)
{
	if (s->paths == NULL || s->paths->count == 0)
		return;
	memset(s->spans, 0, s->paths->count * sizeof(*s->spans));
	memset(s->paths->seen, 0, s->paths->node_count);
}

static int
scan(struct scan *s, const char *text, size_t len, struct json_error *error)
{
	const uint8_t *p = (const uint8_t *)text;

	s->end = p + len;
	start(s);
	p = value(s, blanks(s, p), s->paths != NULL ? 0 : NOWHERE);
	if (p != NULL && (p = blanks(s, p)) != s->end)
		p = fail(s, p, "more than one value");
	if (p == NULL) {
		if (error != NULL)
			*error = (struct json_error){
				s->why, (size_t)((const char *)s->at - text)
			};
		return -1;
	}
	if (s->doubled)
		mark_doubled(s->paths, s->spans);
	return 0;
}

int
json_scan(const struct json_paths *paths, const char *text, size_t len,
	  struct json_span *spans, struct json_error *error)
{
	struct scan s = { .paths = paths, .spans = spans };

	return scan(&s, text, len, error);
}

int
json_scan_portable(const struct json_paths *paths, const char *text, size_t len,
		   struct json_span *spans, struct json_error *error)
{
	struct scan s = { .paths = paths, .spans = spans, .portable = true };

	return scan(&s, text, len, error);
}

bool
json_element(const struct json_paths *paths, struct json_walk *walk,
	     struct json_span *spans)
{
	struct scan s = { .paths = paths, .spans = spans };
	const uint8_t *p = (const uint8_t *)walk->at;

	s.end = (const uint8_t *)walk->end;
	if (p == s.end || (p = blanks(&s, p)) == s.end)
		return false;
	start(&s);
	if ((p = value(&s, p, 0)) == NULL)
		return false;
	if (s.doubled)
		mark_doubled(paths, spans);
	p = blanks(&s, p);
	walk->at = (const char *)(p < s.end ? p + 1 : p); /* past the comma */
	return true;
}
