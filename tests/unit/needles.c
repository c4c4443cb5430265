/* needles: names where they stand alone, in texts and in JSON. */
#include "storage/needles.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static struct needles
some(void)
{
	struct needles needles = { 0 };

	needles_add(&needles, "bjorn", false);
	needles_add(&needles, "bjorn@acme.test", false);
	needles_add(&needles, "Bj\xc3\xb6rn \"B\" \xf0\x9f\x98\x80son", false);
	needles_add(&needles, "web", true);
	needles_add(&needles, "li", false);
	return needles;
}

/* 0 when the text becomes what is wanted. */
static int
becomes(const char *text, const char *wanted)
{
	struct needles needles = some();
	size_t size = 0, len;
	char *clean = needles_replace(&needles, text, strlen(text), "X", &size);
	int same = strcmp(clean != NULL ? clean : text, wanted) == 0 &&
		   (clean == NULL || size == strlen(wanted)) &&
		   (clean != NULL) ==
			   (needles_find(&needles, text, strlen(text), &len) !=
			    NULL);

	if (!same)
		printf("'%s': '%s'\n", text, clean != NULL ? clean : "(none)");
	free(clean);
	needles_free(&needles);
	return !same;
}

static int
names_are_replaced_where_they_stand_alone(void)
{
	CHECK(becomes("ask bjorn, or Bjorn@acme.test", "ask X, or X") == 0);
	CHECK(becomes("bjorn/fix-1", "X/fix-1") == 0);
	CHECK(becomes("bjornson bjorn_x bjorn-x xbjorn",
		      "bjornson bjorn_x "
		      "bjorn-x xbjorn") == 0);
	CHECK(becomes("bjorn\xc3\xa9", "bjorn\xc3\xa9") == 0);
	CHECK(becomes("bjornbjorn bjorn", "bjornbjorn X") == 0);
	CHECK(becomes("", "") == 0);
	return 0;
}

static int
common_words_only_where_they_are_marked(void)
{
	CHECK(becomes("the web of @web \"web\" li", "the web of @X \"X\" li") ==
	      0);
	CHECK(becomes("web", "X") == 0);
	CHECK(becomes("a web", "a web") == 0);
	CHECK(becomes("@li", "@X") == 0);
	return 0;
}

static int
json_spellings_are_found(void)
{
	CHECK(becomes("{\"n\":\"Bj\\u00f6rn \\\"B\\\" \\uD83D\\uDE00son\"}",
		      "{\"n\":\"X\"}") == 0);
	CHECK(becomes("{\"n\":\"Bj\xc3\xb6rn \\\"B\\\" \xf0\x9f\x98\x80son\"}",
		      "{\"n\":\"X\"}") == 0);
	CHECK(becomes("Bj\xc3\xb6rn \"B\" \xf0\x9f\x98\x80son", "X") == 0);
	return 0;
}

static int
bytes_of_databases_have_no_gaps(void)
{
	struct needles needles = some();

	CHECK(needles_are_in(&needles, "xxBJORN@acme.testyy", 19));
	CHECK(!needles_are_in(&needles, "xxbjornyy", 9));
	CHECK(!needles_are_in(&needles, "bjorn@acme.tes", 14));
	needles_free(&needles);
	return 0;
}

int
main(void)
{
	return names_are_replaced_where_they_stand_alone() ||
	       common_words_only_where_they_are_marked() ||
	       json_spellings_are_found() || bytes_of_databases_have_no_gaps();
}
