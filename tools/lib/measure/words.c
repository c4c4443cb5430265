#include "measure/words.h"

#include <string.h>

bool
words_are_same(struct word a, struct word b)
{
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

struct word
words_cut(struct word *rest, char end)
{
	const char *at = memchr(rest->text, end, rest->len);
	struct word word = *rest;

	if (at != NULL)
		word.len = (size_t)(at - rest->text);
	rest->text += word.len + (at != NULL);
	rest->len -= word.len + (at != NULL);
	return word;
}

static struct word
trim(struct word word)
{
	while (word.len > 0 && word.text[0] == ' ') {
		word.text++;
		word.len--;
	}
	while (word.len > 0 && word.text[word.len - 1] == ' ')
		word.len--;
	return word;
}

bool
words_have_id(struct word list, struct word id)
{
	while (list.len > 0)
		if (words_are_same(trim(words_cut(&list, ',')), id))
			return true;
	return false;
}

/* Does the list end here, or is there a comma; likewise before? */
static bool
ends(struct word list, size_t at)
{
	return at == list.len ||
	       (list.len - at >= 2 && memcmp(list.text + at, ", ", 2) == 0);
}

static bool
begins(struct word list, size_t at)
{
	return at == 0 || (at >= 2 && memcmp(list.text + at - 2, ", ", 2) == 0);
}

bool
words_have_name(struct word list, struct word name)
{
	const char *found;
	size_t at;

	for (at = 0; name.len > 0 && at < list.len; at++) {
		found = memmem(list.text + at, list.len - at, name.text,
			       name.len);
		if (found == NULL)
			return false;
		at = (size_t)(found - list.text);
		if (begins(list, at) && ends(list, at + name.len))
			return true;
	}
	return false;
}
