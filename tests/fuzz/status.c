/* Any bytes as a status line: what is taken is written as a line that means
 * the same. */
#include <stdlib.h>
#include <string.h>

#include "jobs/status.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *exact = malloc(size + 1), *line, *again;
	struct status status, back;
	size_t len, len_again;

	if (exact == NULL)
		return 0;
	memcpy(exact, data, size);
	if (status_parse(exact, size, &status)) {
		line = status_line(&status, &len);
		if (!status_parse(line, len, &back))
			abort();
		again = status_line(&back, &len_again);
		if (len != len_again || memcmp(line, again, len) != 0)
			abort();
		free(line);
		free(again);
	}
	free(exact);
	return 0;
}
