/* evidence: lists of keys in any order say the same. */
#include "storage/evidence.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

static struct value
text(const char *string)
{
	return (struct value){ .kind = VALUE_TEXT,
			       .text = string,
			       .len = strlen(string) };
}

static void
list(struct evidence *evidence, int64_t at, const char *keys)
{
	evidence_add_time(evidence, at);
	for (; *keys != '\0'; keys++) {
		char one[2] = { *keys, '\0' };
		struct value key = text(one);

		evidence_add_key(evidence, NULL, 0, &key, at);
	}
}

/* Since when a key is gone that was seen then. */
static int64_t
gone(struct evidence *evidence, const char *key, int64_t seen)
{
	struct value value = text(key);
	int64_t last = evidence_last(evidence, &value);

	return evidence_next(evidence, last > seen ? last : seen);
}

static int
says_since_when_a_key_is_gone(void)
{
	struct evidence *evidence = evidence_new();

	CHECK(evidence_latest(evidence) == 0);
	CHECK(gone(evidence, "a", 5) == 0);
	list(evidence, 10, "ab");
	list(evidence, 20, "b");
	list(evidence, 30, "b");
	CHECK(evidence_latest(evidence) == 30);
	CHECK(gone(evidence, "a", 5) == 20);
	CHECK(gone(evidence, "b", 5) == 0);
	CHECK(gone(evidence, "c", 5) == 10);
	CHECK(gone(evidence, "c", 10) == 20);
	CHECK(gone(evidence, "c", 30) == 0);
	CHECK(gone(evidence, "a", 25) == 30);
	evidence_free(evidence);
	return 0;
}

/* Lists one after the other, each written and read again, in an order. */
static int
in_order(const int *order, struct jsonw *out)
{
	static const struct {
		int64_t at;
		const char *keys;
	} lists[] = { { 10, "abc" }, { 20, "b" }, { 30, "bc" },
		      { 30, "d" },   { 40, "" },  { 50, "ac" } };
	struct jsonw texts[3] = { { 0 }, { 0 }, { 0 } };
	int i, k;

	for (i = 0; i < 6; i++) {
		struct evidence *evidence = evidence_new();
		struct value read[3];

		for (k = 0; k < 3; k++)
			read[k] = (struct value){ .text = texts[k].text,
						  .len = texts[k].len };
		evidence_read(evidence, &read[0], &read[1], &read[2]);
		list(evidence, lists[order[i]].at, lists[order[i]].keys);
		list(evidence, lists[order[i]].at, lists[order[i]].keys);
		for (k = 0; k < 3; k++)
			jsonw_free(&texts[k]);
		evidence_write(evidence, &texts[0], &texts[1], &texts[2]);
		evidence_free(evidence);
	}
	jsonw_open(out, '[');
	for (k = 0; k < 3; k++) {
		jsonw_raw(out, texts[k].text, texts[k].len);
		jsonw_free(&texts[k]);
	}
	jsonw_close(out, ']');
	return 0;
}

static int
all_orders_are_one(void)
{
	static const char want[] = "[[10,20,30,40,50],[\"a\",\"c\"],"
				   "{\"b\":30,\"d\":30}]";
	int order[6], digits, i;

	for (digits = 0; digits < 46656; digits++) {
		unsigned seen = 0;
		struct jsonw out = { 0 };

		for (i = 0; i < 6; i++) {
			int left = digits, k;

			for (k = 0; k < i; k++)
				left /= 6;
			order[i] = left % 6;
			seen |= 1u << order[i];
		}
		if (seen != 63)
			continue;
		in_order(order, &out);
		CHECK(strcmp(out.text, want) == 0);
		jsonw_free(&out);
	}
	return 0;
}

static int
damaged_text_is_no_evidence(void)
{
	struct evidence *evidence = evidence_new();
	struct value times = text("[1,\"x\",3"), bad = text("{]"),
		     none = text("");

	evidence_read(evidence, &times, &bad, &none);
	CHECK(evidence_latest(evidence) == 0);
	evidence_free(evidence);
	evidence_free(NULL);
	return 0;
}

int
main(void)
{
	return says_since_when_a_key_is_gone() || all_orders_are_one() ||
	       damaged_text_is_no_evidence();
}
