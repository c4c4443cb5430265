/* Any bytes as a run's `failures`, behind any code: the outcome is never better
 * than the script's own, and the cause is whole UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "jobs/verdict.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
check_text(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = strlen(text), n;

	if (len >= VERDICT_CAUSE)
		abort();
	for (; len > 0; s += n, len -= n) {
		n = *s < 0x80 ? 1 : utf8_length(s, len);
		if (n == 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct verdict verdict;
	int code;

	if (size == 0)
		return 0;
	code = data[0];
	verdict_reach(code, (const char *)data + 1, size - 1, &verdict);
	if ((code == EX_OK || code == EX_PARTIAL) !=
	    (verdict.code == code && verdict.class == OUTCOME_NONE))
		abort();
	if (code != EX_OK && code != EX_PARTIAL && code != 1 && code != 141 &&
	    outcome_worst(verdict.code, code) != verdict.code)
		abort();
	if (verdict.code < 0 || verdict.code > 255 || verdict.not_before < 0)
		abort();
	check_text(verdict.cause);
	return 0;
}
