/* Any bytes through both scanners, which must agree, and through whatever
 * reads the spans of what they took. */
#include <stdlib.h>
#include <string.h>

#include "records/json.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { PATHS = 5 };

static const char *const wanted[PATHS] = { "", "a", "a.b", "type", "x\\.y" };

static void
read_all(const struct json_span *span, int depth)
{
	struct json_walk walk = json_walk(span);
	struct json_span key, value;
	int64_t number;
	double real;
	char *text = json_text(span);

	if (text != NULL && !json_is(span, text) && strlen(text) > 0 &&
	    memchr(text, '\0', strlen(text)) != NULL)
		abort();
	free(text);
	json_int(span, &number);
	json_real(span, &real);
	if (depth > JSON_DEPTH)
		abort();
	while (json_next(&walk, &key, &value)) {
		read_all(&key, depth + 1);
		read_all(&value, depth + 1);
	}
}

static void
read_elements(const struct json_span *list)
{
	struct json_paths *paths = json_paths(wanted, PATHS);
	struct json_walk walk = json_walk(list), again = walk;
	struct json_span spans[PATHS], key, value;

	while (json_element(paths, &walk, spans))
		if (!json_next(&again, &key, &value) ||
		    value.at != spans[0].at || value.len != spans[0].len)
			abort();
	if (json_next(&again, &key, &value))
		abort();
	json_paths_free(paths);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct json_paths *paths = json_paths(wanted, PATHS);
	struct json_span fast[PATHS], slow[PATHS];
	struct json_error one = { 0 }, two = { 0 };
	const char *text = (const char *)data;
	int a = json_scan(paths, text, size, fast, &one);
	int b = json_scan_portable(paths, text, size, slow, &two);
	size_t i;

	if (a != b)
		abort();
	if (a != 0 && (one.at != two.at || one.at > size ||
		       strcmp(one.why, two.why) != 0))
		abort();
	for (i = 0; a == 0 && i < PATHS; i++)
		if (fast[i].at != slow[i].at || fast[i].len != slow[i].len ||
		    fast[i].type != slow[i].type ||
		    fast[i].doubled != slow[i].doubled)
			abort();
	if (a == 0) {
		read_all(&fast[0], 0);
		if (fast[0].type == JSON_ARRAY)
			read_elements(&fast[0]);
	}
	json_paths_free(paths);
	return 0;
}
