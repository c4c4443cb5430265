/* words: lists of ids, and of names that may hold commas. */
#include "measure/words.h"
#include "check.h"

#include <string.h>

static struct word
word(const char *text)
{
	return (struct word){ text, strlen(text) };
}

static bool
id(const char *list, const char *item)
{
	return words_have_id(word(list), word(item));
}

static bool
name(const char *list, const char *item)
{
	return words_have_name(word(list), word(item));
}

int
main(void)
{
	struct word rest = word("a\tb"), first = words_cut(&rest, '\t');

	CHECK(words_are_same(first, word("a")));
	CHECK(words_are_same(words_cut(&rest, '\t'), word("b")));
	CHECK(rest.len == 0);
	CHECK(id("12", "12") && id("12, 14", "14") && id("12,14", "12"));
	CHECK(!id("112, 14", "12") && !id("", "12") && !id("1 2", "12"));
	CHECK(name("Sprint 1", "Sprint 1"));
	CHECK(name("Sprint 11, Sprint 1", "Sprint 1"));
	CHECK(name("A, b, C", "A, b") && name("A, b, C", "b, C"));
	CHECK(!name("Sprint 11", "Sprint 1") &&
	      !name("My Sprint 1", "Sprint 1"));
	CHECK(!name(",A", "A") && !name("A,", "A") && !name("", "A"));
	CHECK(!name("A", "") && !name("A,B", "B"));
	return 0;
}
