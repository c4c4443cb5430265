#include "records/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000, HEAP_LIMIT = 4096 /* KiB */ };

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static char *
complain(int error, size_t at)
{
	PCRE2_UCHAR text[160];
	char *why = msg_calloc(240, 1);

	pcre2_get_error_message(error, text, sizeof(text));
	snprintf(why, 240, "%s at character %zu", (const char *)text, at + 1);
	return why;
}

struct pattern *
pattern_compile(const char *expression, bool any_case, char **why)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_NEVER_BACKSLASH_C |
			   (any_case ? PCRE2_CASELESS : 0);
	struct pattern *pattern;
	pcre2_code *code;
	PCRE2_SIZE at;
	int error;

	code = pcre2_compile((PCRE2_SPTR)expression, strlen(expression),
			     options, &error, &at, NULL);
	if (code == NULL) {
		*why = complain(error, at);
		return NULL;
	}
	pattern = msg_calloc(1, sizeof(*pattern));
	pattern->code = code;
	pattern->data = pcre2_match_data_create(1, NULL);
	pattern->context = pcre2_match_context_create(NULL);
	if (pattern->data == NULL || pattern->context == NULL)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
	pcre2_set_depth_limit(pattern->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(pattern->context, HEAP_LIMIT);
	return pattern;
}

int
pattern_match(struct pattern *pattern, const char *text, size_t len)
{
	int found = pcre2_match(pattern->code, (PCRE2_SPTR)text, len, 0, 0,
				pattern->data, pattern->context);

	if (found == PCRE2_ERROR_NOMATCH)
		return 0;
	return found >= 0 ? 1 : -1;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_code_free(pattern->code);
	pcre2_match_data_free(pattern->data);
	pcre2_match_context_free(pattern->context);
	free(pattern);
}
