#include "picture/markup.h"

#include <string.h>

#include "base/utf8.h"

/* Bytes and columns of the character at s; 4: it shows as \xNN. */
static size_t
measure(const char *s, size_t len, size_t *columns)
{
	const unsigned char *at = (const unsigned char *)s;
	size_t shown = utf8_shown(at, len);

	*columns = shown == 0 ? 4 : utf8_columns(at, len);
	return shown == 0 ? 1 : shown;
}

static void
put(FILE *out, const char *s, size_t len, size_t columns)
{
	static const char special[] = "&<>\"'";
	static const char *const references[] = { "&amp;", "&lt;", "&gt;",
						  "&quot;", "&#39;" };
	const char *found = strchr(special, *s);

	if (len == 1 && columns == 4)
		fprintf(out, "\\x%02x", (unsigned char)*s);
	else if (len == 1 && found != NULL)
		fputs(references[found - special], out);
	else
		fwrite(s, 1, len, out);
}

void
markup_bytes(FILE *out, const char *text, size_t len)
{
	size_t columns, n;

	for (; len > 0; text += n, len -= n) {
		n = measure(text, len, &columns);
		put(out, text, n, columns);
	}
}

void
markup_text(FILE *out, const char *text)
{
	markup_bytes(out, text, strlen(text));
}

void
markup_cut(FILE *out, const char *text, size_t columns)
{
	size_t len = strlen(text), used = 0, width, n;

	if (markup_columns(text) <= columns) {
		markup_bytes(out, text, len);
		return;
	}
	for (; len > 0; text += n, len -= n) {
		n = measure(text, len, &width);
		if (used + width + 1 > columns)
			break;
		used += width;
		put(out, text, n, width);
	}
	fputs("\xe2\x80\xa6", out);
}

size_t
markup_columns(const char *text)
{
	size_t len = strlen(text), columns = 0, width, n;

	for (; len > 0; text += n, len -= n) {
		n = measure(text, len, &width);
		columns += width;
	}
	return columns;
}
