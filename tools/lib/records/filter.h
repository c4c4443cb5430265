/*
 * filter - jq expressions over records, for --where, --jq and `jq:` rules.
 * The only module that talks to libjq.
 *
 *   struct filter *where = filter_compile(".data.number > 7", &why);
 *   if (filter_test(where, line, len, &why) == 1) ...
 *   filter_free(where);
 *
 * Expressions come from people, records from outside: `env` and `$ENV` are
 * empty, ~/.jq is not read, `import` and `include` are no syntax here, `input`
 * has nothing to read, `stderr` and `debug` are no words of the language.
 * libjq rounds big numbers: use it to decide and to print, never to pass
 * records on.
 */
#ifndef PULSE_FILTER_H
#define PULSE_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct filter;

/* NULL with *why (allocated) when the expression does not compile. */
struct filter *filter_compile(const char *expression, char **why);
void filter_free(struct filter *filter);

/* 1 when the first output is neither null nor false, 0 when it is or there is
 * none, -1 when the program fails (*why borrowed until the next call). */
int filter_test(struct filter *filter, const char *json, size_t len,
		const char **why);

/* Where outputs go: compact JSON, strings as they are when raw is set. */
struct filter_sink {
	bool raw;
	void (*emit)(void *arg, const char *text, size_t len);
	void *arg;
};

/* Every output of the expression.  0, or -1 with *why as above. */
int filter_each(struct filter *filter, const char *json, size_t len,
		const struct filter_sink *sink, const char **why);

#endif
