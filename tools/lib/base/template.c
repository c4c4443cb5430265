#include "base/template.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { NAME = 64 };

/* A line taken apart: `      key: value    # note`. */
struct line {
	const char *at;
	size_t len, indent;
	char key[NAME];
	bool alone;	  /* nothing but the key */
	const char *note; /* the # behind the value, or NULL */
};

static const char *
find_note(const char *at, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++)
		if (at[i] == '#' && at[i - 1] == ' ')
			return at + i;
	return NULL;
}

static void
take_apart(const char *at, size_t len, struct line *line)
{
	const char *begin, *colon, *rest;

	*line = (struct line){ .at = at, .len = len };
	while (line->indent < len && at[line->indent] == ' ')
		line->indent++;
	begin = at + line->indent;
	if (begin < at + len && *begin == '#')
		return;
	if (len - line->indent > 2 && memcmp(begin, "- ", 2) == 0)
		begin += 2;
	colon = memchr(begin, ':', (size_t)(at + len - begin));
	if (colon == NULL || (size_t)(colon - begin) >= NAME)
		return;
	memcpy(line->key, begin, (size_t)(colon - begin));
	for (rest = colon + 1; rest < at + len && *rest == ' '; rest++)
		;
	line->note = find_note(at, len);
	line->alone = rest == at + len || *rest == '#';
}

static const struct template_value *
find(const struct template_value *values, const char *section, const char *key)
{
	for (; values->section != NULL; values++)
		if (strcmp(values->section, section) == 0 &&
		    (values->key == NULL || strcmp(values->key, key) == 0))
			return values;
	return NULL;
}

static void
comment(FILE *out, const struct line *line)
{
	const char *begin = line->at + line->indent;

	if (line->indent == line->len || *begin == '#')
		fprintf(out, "%.*s\n", (int)line->len, line->at);
	else
		fprintf(out, "%.*s# %.*s\n", (int)line->indent, line->at,
			(int)(line->len - line->indent), begin);
}

static void
put(FILE *out, const struct line *line, const struct template_value *value)
{
	const char *begin = line->at + line->indent;
	bool item = memcmp(begin, "- ", 2) == 0;
	int width = fprintf(out, "%.*s%s%s: %s", (int)line->indent, line->at,
			    item ? "- " : "",
			    value->as != NULL ? value->as : value->key,
			    value->value);

	if (line->note != NULL)
		fprintf(out, "%*s%.*s",
			line->note - line->at > width
				? (int)(line->note - line->at) - width
				: 1,
			"", (int)(line->at + line->len - line->note),
			line->note);
	fputc('\n', out);
}

char *
template_fill(const char *example, const struct template_value *values)
{
	char section[NAME] = "", *text = NULL;
	size_t size, depth = 0;
	FILE *out = open_memstream(&text, &size);
	struct line line;

	if (out == NULL)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	for (; *example != '\0';
	     example += line.len + (example[line.len] != 0)) {
		const struct template_value *value;

		take_apart(example, strcspn(example, "\n"), &line);
		if (line.key[0] != '\0' && line.indent <= depth)
			section[0] = '\0';
		if (line.alone && line.indent > 0) {
			snprintf(section, sizeof(section), "%s", line.key);
			depth = line.indent;
		}
		value = find(values, section, line.alone ? "" : line.key);
		if (value == NULL || (value->key != NULL && line.key[0] == 0))
			fprintf(out, "%.*s\n", (int)line.len, line.at);
		else if (value->value == NULL)
			comment(out, &line);
		else
			put(out, &line, value);
	}
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	return text;
}

/* Plain where no reader of YAML could take it for anything else. */
char *
template_scalar(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._/@:-";
	size_t len = strlen(text), i;
	char *scalar = msg_calloc(2 * len + 3, 1), *to = scalar;

	if (len > 0 && strspn(text, plain) == len &&
	    strchr("-.@:", *text) == NULL && text[len - 1] != ':') {
		memcpy(scalar, text, len);
		return scalar;
	}
	*to++ = '\'';
	for (i = 0; i < len; i++) {
		if (text[i] == '\'')
			*to++ = '\'';
		*to++ = text[i];
	}
	*to = '\'';
	return scalar;
}
