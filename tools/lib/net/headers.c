#include "net/headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"

static void
append(struct http_headers *headers, const char *text, size_t len)
{
	size_t need = headers->len + len + 1;

	if (need > headers->size) {
		headers->size = need * 2;
		headers->text = msg_realloc(headers->text, headers->size);
	}
	memcpy(headers->text + headers->len, text, len);
	headers->text[headers->len + len] = '\0';
	headers->len = need;
}

int
headers_add(struct http_headers *headers, const char *line, size_t len)
{
	const char *colon, *value;

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		headers_reset(headers);
		return 0;
	}
	if (headers->len + len > HEADERS_MOST)
		return -1;
	while (len > 0 && strchr("\r\n \t", line[len - 1]) != NULL)
		len--;
	colon = memchr(line, ':', len);
	if (colon == NULL || memchr(line, '\0', len) != NULL)
		return 0;
	value = colon + 1;
	while (value < line + len && (*value == ' ' || *value == '\t'))
		value++;
	append(headers, line, (size_t)(colon - line));
	append(headers, value, (size_t)(line + len - value));
	return 0;
}

const char *
headers_get(const struct http_headers *headers, const char *name)
{
	size_t at = 0;

	while (at < headers->len) {
		const char *key = headers->text + at;
		const char *value = key + strlen(key) + 1;

		if (strcasecmp(key, name) == 0)
			return value;
		at = (size_t)(value - headers->text) + strlen(value) + 1;
	}
	return NULL;
}

void
headers_reset(struct http_headers *headers)
{
	headers->len = 0;
}

void
headers_free(struct http_headers *headers)
{
	free(headers->text);
	memset(headers, 0, sizeof(*headers));
}
