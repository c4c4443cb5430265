#include "base/jsonw.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "base/utf8.h"

static void
append(struct jsonw *w, const char *bytes, size_t len)
{
	if (w->len + len + 1 > w->size) {
		size_t size = (w->len + len + 1) * 2;

		w->text = msg_realloc(w->text, size);
		w->size = size;
	}
	memcpy(w->text + w->len, bytes, len);
	w->len += len;
	w->text[w->len] = '\0';
}

static void
value(struct jsonw *w, const char *bytes, size_t len)
{
	if (w->comma)
		append(w, ",", 1);
	append(w, bytes, len);
	w->comma = 1;
}

void
jsonw_open(struct jsonw *w, char bracket)
{
	value(w, &bracket, 1);
	w->comma = 0;
}

void
jsonw_close(struct jsonw *w, char bracket)
{
	append(w, &bracket, 1);
	w->comma = 1;
}

static void
escape(struct jsonw *w, unsigned char c)
{
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	const char *l;
	char text[8];

	for (l = letters; *l != '\0'; l += 2)
		if (*l == (char)c) {
			snprintf(text, sizeof(text), "\\%c", l[1]);
			append(w, text, 2);
			return;
		}
	snprintf(text, sizeof(text), "\\u%04x", c);
	append(w, text, 6);
}

/* What stands for a byte that is no UTF-8. */
static void
replace(struct jsonw *w, unsigned char c, bool lossless)
{
	char text[8];

	if (lossless) {
		snprintf(text, sizeof(text), "\\udc%02x", c);
		append(w, text, 6);
	} else {
		append(w, "\xef\xbf\xbd", 3);
	}
}

static void
string(struct jsonw *w, const char *text, size_t len, bool lossless)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, start = 0, n;

	append(w, "\"", 1);
	for (i = 0; i < len; i += n) {
		n = 1;
		if (s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\')
			continue;
		if (s[i] >= 0x80 && (n = utf8_length(s + i, len - i)) > 0)
			continue;
		append(w, text + start, i - start);
		if (n == 0)
			replace(w, s[i], lossless);
		else
			escape(w, s[i]);
		n = 1;
		start = i + 1;
	}
	append(w, text + start, len - start);
	append(w, "\"", 1);
}

void
jsonw_key(struct jsonw *w, const char *name)
{
	if (w->comma)
		append(w, ",", 1);
	string(w, name, strlen(name), false);
	append(w, ":", 1);
	w->comma = 0;
}

void
jsonw_bytes(struct jsonw *w, const char *text, size_t len)
{
	if (w->comma)
		append(w, ",", 1);
	string(w, text, len, false);
	w->comma = 1;
}

void
jsonw_lossless(struct jsonw *w, const char *text, size_t len)
{
	if (w->comma)
		append(w, ",", 1);
	string(w, text, len, true);
	w->comma = 1;
}

void
jsonw_string(struct jsonw *w, const char *text)
{
	if (text == NULL)
		jsonw_null(w);
	else
		jsonw_bytes(w, text, strlen(text));
}

void
jsonw_int(struct jsonw *w, int64_t number)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char text[24], *at = text + sizeof(text);

	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--at = '-';
	value(w, at, (size_t)(text + sizeof(text) - at));
}

/* The shortest of 15 and 17 digits that reads back as the same number. */
void
jsonw_real(struct jsonw *w, double number)
{
	char text[40];
	int len;

	if (!isfinite(number)) {
		jsonw_null(w);
		return;
	}
	if (fabs(number) < 1e15 && number == (double)(int64_t)number &&
	    !(number == 0 && signbit(number))) {
		jsonw_int(w, (int64_t)number);
		return;
	}
	len = snprintf(text, sizeof(text), "%.15g", number);
	if (strtod(text, NULL) != number)
		len = snprintf(text, sizeof(text), "%.17g", number);
	value(w, text, (size_t)len);
}

void
jsonw_bool(struct jsonw *w, int truth)
{
	if (truth)
		value(w, "true", 4);
	else
		value(w, "false", 5);
}

void
jsonw_null(struct jsonw *w)
{
	value(w, "null", 4);
}

void
jsonw_raw(struct jsonw *w, const char *json, size_t len)
{
	value(w, json, len);
}

void
jsonw_time(struct jsonw *w, int64_t ms)
{
	char text[TIMES_SIZE];

	times_format(ms, text);
	jsonw_string(w, text);
}

void
jsonw_put_string(struct jsonw *w, const char *name, const char *text)
{
	jsonw_key(w, name);
	jsonw_string(w, text);
}

void
jsonw_put_int(struct jsonw *w, const char *name, int64_t number)
{
	jsonw_key(w, name);
	jsonw_int(w, number);
}

void
jsonw_put_bool(struct jsonw *w, const char *name, int truth)
{
	jsonw_key(w, name);
	jsonw_bool(w, truth);
}

void
jsonw_put_time(struct jsonw *w, const char *name, int64_t ms)
{
	jsonw_key(w, name);
	if (ms != 0)
		jsonw_time(w, ms);
	else
		jsonw_null(w);
}

void
jsonw_may_put_string(struct jsonw *w, const char *name, const char *text)
{
	if (*text != '\0')
		jsonw_put_string(w, name, text);
}

void
jsonw_may_put_time(struct jsonw *w, const char *name, int64_t ms)
{
	if (ms != 0)
		jsonw_put_time(w, name, ms);
}

void
jsonw_reset(struct jsonw *w)
{
	w->len = 0;
	w->comma = 0;
}

void
jsonw_free(struct jsonw *w)
{
	free(w->text);
	*w = (struct jsonw){ 0 };
}
