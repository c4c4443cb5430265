/* dictionary: many keys, keys of any bytes, and of either case. */
#include "base/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "check.h"

enum { MANY = 20000 };

static int
many(void)
{
	struct dictionary numbers = { 0 };
	char text[16];
	void **value;
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "key-%d", i);
		value = dictionary_at(&numbers, text, strlen(text));
		CHECK(*value == NULL);
		*value = msg_strdup(text);
	}
	CHECK(numbers.count == MANY);
	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "key-%d", i);
		CHECK(strcmp(dictionary_find(&numbers, text, strlen(text)),
			     text) == 0);
	}
	CHECK(numbers.count == MANY);
	CHECK(dictionary_find(&numbers, "key-", 4) == NULL);
	dictionary_free(&numbers, free);
	CHECK(numbers.count == 0);
	return 0;
}

static int
bytes(void)
{
	struct dictionary exact = { 0 }, any = { .any_case = true };
	char one, two;

	CHECK(dictionary_find(&exact, "", 0) == NULL);
	*dictionary_at(&exact, "a\0b", 3) = &one;
	*dictionary_at(&exact, "", 0) = &two;
	CHECK(dictionary_find(&exact, "a\0b", 3) == &one);
	CHECK(dictionary_find(&exact, "a\0c", 3) == NULL);
	CHECK(dictionary_find(&exact, "a", 1) == NULL);
	CHECK(dictionary_find(&exact, "A\0b", 3) == NULL);
	CHECK(dictionary_find(&exact, "", 0) == &two);
	*dictionary_at(&any, "Ada[x]", 6) = &one;
	CHECK(dictionary_find(&any, "aDA[X]", 6) == &one);
	CHECK(dictionary_find(&any, "ada{x}", 6) == NULL);
	CHECK(*dictionary_at(&any, "ADA[X]", 6) == &one && any.count == 1);
	dictionary_free(&exact, NULL);
	dictionary_free(&any, NULL);
	return 0;
}

int
main(void)
{
	return many() + bytes();
}
