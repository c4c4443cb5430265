#include "net/link.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"

enum { LARGEST = 1000000000 }; /* twice it still fits a long */

static char *
copy(const char *text, size_t len)
{
	char *out = msg_calloc(len + 1, 1);

	memcpy(out, text, len);
	return out;
}

static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* Does the list of words in text[0..len) hold the word? */
static bool
has_word(const char *text, size_t len, const char *word)
{
	size_t size = strlen(word);
	size_t i = 0, end;

	while (i < len) {
		for (end = i; end < len && text[end] != ' '; end++)
			;
		if (end - i == size && strncasecmp(text + i, word, size) == 0)
			return true;
		i = end + 1;
	}
	return false;
}

/*
 * Reads `; name="value"` or `; name=value` at *at and goes behind it.  False,
 * with *at unmoved, when no parameter stands there.
 */
static bool
next_parameter(const char **at, bool *is_rel, const char **value, size_t *len)
{
	const char *s = skip_blanks(*at), *name;
	size_t name_len;

	if (*s != ';')
		return false;
	name = skip_blanks(s + 1);
	name_len = strcspn(name, "=;, \t");
	*is_rel = name_len == 3 && strncasecmp(name, "rel", 3) == 0;
	s = skip_blanks(name + name_len);
	*value = s;
	*len = 0;
	if (*s == '=') {
		s = skip_blanks(s + 1);
		if (*s == '"') {
			*value = s + 1;
			*len = strcspn(s + 1, "\"");
			s = *value + *len;
			s += *s == '"';
		} else {
			*value = s;
			*len = strcspn(s, ";, \t");
			s += *len;
		}
	}
	*at = s;
	return true;
}

char *
link_target(const char *header, const char *rel)
{
	const char *at = header;

	for (;;) {
		const char *target, *value;
		size_t target_len, len;
		bool is_rel, found = false;

		at += strspn(at, " \t,");
		if (*at != '<')
			return NULL;
		target = at + 1;
		target_len = strcspn(target, ">");
		if (target[target_len] != '>')
			return NULL;
		at = target + target_len + 1;
		while (next_parameter(&at, &is_rel, &value, &len))
			found = found || (is_rel && has_word(value, len, rel));
		if (found)
			return copy(target, target_len);
	}
}

/* The value of NAME= in the query, or NULL. */
static const char *
query_value(const char *url, const char *name)
{
	const char *at = strchr(url, '?');
	size_t len = strlen(name);

	while (at != NULL) {
		at++;
		if (strncmp(at, name, len) == 0 && at[len] == '=')
			return at + len + 1;
		at = strchr(at, '&');
	}
	return NULL;
}

bool
link_number(const char *url, const char *name, long *number)
{
	const char *value = query_value(url, name);
	char *end;

	if (value == NULL || !isdigit((unsigned char)*value))
		return false;
	errno = 0;
	*number = strtol(value, &end, 10);
	return errno == 0 && *number <= LARGEST &&
	       (*end == '\0' || *end == '&');
}

char *
link_with_number(const char *url, const char *name, long number)
{
	const char *value = query_value(url, name);
	size_t size = strlen(url) + strlen(name) + 24;
	char *out = msg_calloc(size, 1);

	if (value == NULL)
		snprintf(out, size, "%s%c%s=%ld", url,
			 strchr(url, '?') == NULL ? '?' : '&', name, number);
	else
		snprintf(out, size, "%.*s%ld%s", (int)(value - url), url,
			 number, value + strcspn(value, "&"));
	return out;
}

char *
link_halved(const char *url, long least)
{
	long size, page = 1;
	char *sized, *halved;

	if (!link_number(url, "per_page", &size) || size % 2 != 0 ||
	    size / 2 < least)
		return NULL;
	sized = link_with_number(url, "per_page", size / 2);
	if (!link_number(url, "page", &page))
		return sized;
	halved = link_with_number(sized, "page", 2 * page - 1);
	free(sized);
	return halved;
}
