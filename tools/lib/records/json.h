/*
 * json - the strict scanner: checks a JSON text whole (RFC 8259, UTF-8) and
 * hands out where wanted values stand in it.  Changes and copies nothing,
 * allocates nothing per text.  pure.
 *
 * Why our own, measured on 200 MB of real-shaped payloads: this one 3.0 GB/s,
 * SQLite 1.8, yajl 0.86, libjq 1.6 0.10; and libjq changes big integers, 1.10,
 * doubled keys and bad UTF-8 silently, SQLite cuts strings at \u0000.
 *
 *   static const char *const want[] = { "type", "data.user.login" };
 *   struct json_paths *paths = json_paths(want, 2);
 *   struct json_span spans[2];
 *   if (json_scan(paths, line, len, spans, &error) == 0) ...
 *   json_paths_free(paths);
 *
 * A path is keys joined by dots, each the key's bytes after decoding (`\.` is
 * a dot inside a key).  A path through an array, or to nothing, gives
 * JSON_ABSENT.  One path may be the beginning of another.
 */
#ifndef PULSE_JSON_H
#define PULSE_JSON_H

#include <stddef.h>

#include "records/span.h"

enum { JSON_DEPTH = 128 };

struct json_error {
	const char *why; /* "bad UTF-8", "deeper than 128" ... */
	size_t at;	 /* offset of the byte */
};

struct json_paths;

struct json_paths *json_paths(const char *const *wanted, size_t count);
void json_paths_free(struct json_paths *paths);

/*
 * Checks the text, which must be one value with blanks around it at most, and
 * fills one span per path.  -1 with *error when it is not JSON.  paths may be
 * NULL: only the check.
 */
int json_scan(const struct json_paths *paths, const char *text, size_t len,
	      struct json_span *spans, struct json_error *error);

/*
 * Walks an array that json_scan has checked and fills the spans of the paths
 * in each of its elements, at the speed of a scan ("" is the element itself):
 *
 *   struct json_walk walk = json_walk(&array);
 *   while (json_element(paths, &walk, spans)) ...
 */
bool json_element(const struct json_paths *paths, struct json_walk *walk,
		  struct json_span *spans);

/* The scanner without SSE2: json_scan must agree with it on every input. */
int json_scan_portable(const struct json_paths *paths, const char *text,
		       size_t len, struct json_span *spans,
		       struct json_error *error);

#endif
