/*
 * pattern - Perl-compatible regular expressions on UTF-8, with limits on what
 * a match may cost and without JIT, which needs writable code.  The only
 * module that talks to PCRE2.
 *
 *   struct pattern *key = pattern_compile("^[A-Z]+-[0-9]+$", false, &why);
 *   if (pattern_match(key, text, len) == 1) ...
 *   pattern_free(key);
 *
 * `$` is the end of the text, also when that is a newline.
 */
#ifndef PULSE_PATTERN_H
#define PULSE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* NULL with *why (allocated) when the expression is none. */
struct pattern *pattern_compile(const char *expression, bool any_case,
				char **why);
/* 1 it matches, 0 it does not, -1 that cannot be told: the text is not UTF-8
 * or the match costs too much. */
int pattern_match(struct pattern *pattern, const char *text, size_t len);
void pattern_free(struct pattern *pattern);

#endif
