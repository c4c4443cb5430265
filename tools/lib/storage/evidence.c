#include "storage/evidence.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct entry {
	char *key;
	size_t len;
	int64_t last;
};

struct evidence {
	int64_t *times;
	size_t time_count, time_size;
	struct entry *entries;
	size_t count, size;
	bool sorted;
};

struct evidence *
evidence_new(void)
{
	return msg_calloc(1, sizeof(struct evidence));
}

void
evidence_free(struct evidence *evidence)
{
	size_t i;

	if (evidence == NULL)
		return;
	for (i = 0; i < evidence->count; i++)
		free(evidence->entries[i].key);
	free(evidence->entries);
	free(evidence->times);
	free(evidence);
}

void
evidence_add_time(struct evidence *evidence, int64_t at)
{
	if (evidence->time_count == evidence->time_size) {
		evidence->time_size = evidence->time_size * 2 + 16;
		evidence->times = msg_realloc(evidence->times,
					      evidence->time_size *
						      sizeof(*evidence->times));
	}
	evidence->times[evidence->time_count++] = at;
	evidence->sorted = false;
}

void
evidence_add_key(struct evidence *evidence, const char *prefix,
		 size_t prefix_len, const struct value *key, int64_t at)
{
	struct entry *entry;

	if (evidence->count == evidence->size) {
		evidence->size = evidence->size * 2 + 16;
		evidence->entries = msg_realloc(
			evidence->entries,
			evidence->size * sizeof(*evidence->entries));
	}
	entry = &evidence->entries[evidence->count++];
	entry->len = prefix_len + key->len;
	entry->key = msg_calloc(entry->len + 1, 1);
	entry->last = at;
	if (prefix_len > 0)
		memcpy(entry->key, prefix, prefix_len);
	if (key->len > 0)
		memcpy(entry->key + prefix_len, key->text, key->len);
	evidence->sorted = false;
}

static int
compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* By key, and for one key the latest first. */
static int
by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = compare(x->key, x->len, y->key, y->len);

	return order != 0 ? order : (x->last < y->last) - (x->last > y->last);
}

static int
by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Drops what was said before: a time twice, a key at an earlier time. */
static void
drop_doubles(struct evidence *evidence)
{
	struct entry *entries = evidence->entries;
	size_t i, n = 0;

	for (i = 0; i < evidence->count; i++) {
		if (n > 0 && compare(entries[n - 1].key, entries[n - 1].len,
				     entries[i].key, entries[i].len) == 0)
			free(entries[i].key);
		else
			entries[n++] = entries[i];
	}
	evidence->count = n;
	for (i = n = 0; i < evidence->time_count; i++)
		if (n == 0 || evidence->times[n - 1] != evidence->times[i])
			evidence->times[n++] = evidence->times[i];
	evidence->time_count = n;
}

static void
sort(struct evidence *evidence)
{
	if (evidence->sorted)
		return;
	evidence->sorted = true;
	if (evidence->count > 0)
		qsort(evidence->entries, evidence->count,
		      sizeof(*evidence->entries), by_key);
	if (evidence->time_count > 0)
		qsort(evidence->times, evidence->time_count,
		      sizeof(*evidence->times), by_time);
	drop_doubles(evidence);
}

int64_t
evidence_latest(const struct evidence *evidence)
{
	int64_t latest = 0;
	size_t i = evidence->time_count;

	if (evidence->sorted)
		return i > 0 ? evidence->times[i - 1] : 0;
	while (i-- > 0)
		if (evidence->times[i] > latest)
			latest = evidence->times[i];
	return latest;
}

static bool
span_of(const struct value *text, struct json_span *span)
{
	struct json_error error;

	if (text->len == 0 ||
	    json_scan(NULL, text->text, text->len, NULL, &error) != 0)
		return false;
	*span = (struct json_span){ .at = text->text,
				    .len = text->len,
				    .type = text->text[0] == '{' ? JSON_OBJECT
								 : JSON_ARRAY };
	return true;
}

static void
read_keys(struct evidence *evidence, const struct json_span *list,
	  int64_t latest)
{
	struct json_walk walk = json_walk(list);
	struct values_space space = { 0 };
	struct json_span name, item;
	struct value key;

	while (json_next(&walk, &name, &item)) {
		const struct json_span *text = walk.object ? &name : &item;
		int64_t at = latest;

		if (walk.object && !json_int(&item, &at))
			continue;
		if (values_text(text, &space, &key) == NULL)
			evidence_add_key(evidence, NULL, 0, &key, at);
		values_reset(&space);
	}
	values_free(&space);
}

void
evidence_read(struct evidence *evidence, const struct value *times,
	      const struct value *present, const struct value *gone)
{
	struct json_span list, name, item;
	struct json_walk walk;
	int64_t at, latest = 0;

	if (span_of(times, &list)) {
		walk = json_walk(&list);
		while (json_next(&walk, &name, &item)) {
			if (!json_int(&item, &at))
				continue;
			evidence_add_time(evidence, at);
			latest = at > latest ? at : latest;
		}
	}
	if (span_of(present, &list))
		read_keys(evidence, &list, latest);
	if (span_of(gone, &list))
		read_keys(evidence, &list, latest);
}

void
evidence_write(struct evidence *evidence, struct jsonw *times,
	       struct jsonw *present, struct jsonw *gone)
{
	int64_t latest;
	size_t i;

	sort(evidence);
	latest = evidence_latest(evidence);
	jsonw_open(times, '[');
	for (i = 0; i < evidence->time_count; i++)
		jsonw_int(times, evidence->times[i]);
	jsonw_close(times, ']');
	jsonw_open(present, '[');
	jsonw_open(gone, '{');
	for (i = 0; i < evidence->count; i++) {
		const struct entry *entry = &evidence->entries[i];

		if (entry->last >= latest) {
			jsonw_bytes(present, entry->key, entry->len);
		} else {
			jsonw_key(gone, entry->key);
			jsonw_int(gone, entry->last);
		}
	}
	jsonw_close(present, ']');
	jsonw_close(gone, '}');
}

int64_t
evidence_last(struct evidence *evidence, const struct value *key)
{
	size_t low = 0, high;

	sort(evidence);
	high = evidence->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct entry *entry = &evidence->entries[middle];
		int order =
			compare(entry->key, entry->len, key->text, key->len);

		if (order == 0)
			return entry->last;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

int64_t
evidence_next(struct evidence *evidence, int64_t after)
{
	size_t low = 0, high;

	sort(evidence);
	high = evidence->time_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (evidence->times[middle] <= after)
			low = middle + 1;
		else
			high = middle;
	}
	return low < evidence->time_count ? evidence->times[low] : 0;
}
