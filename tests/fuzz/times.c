/* Any bytes as a time, a duration, a name: what is taken is written as a time
 * that means the same; what is a file name stays one. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/times.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char written[TIMES_SIZE], name[NAMES_SIZE];
	char *text = malloc(size + 1);
	int64_t ms, again;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (times_parse((const char *)data, size, &ms)) {
		times_format(ms, written);
		/* An offset may carry the first and last day out of the years
		 * that can be written. */
		if (ms >= -62167219200000 && ms < 253402300800000 &&
		    (!times_parse(written, strlen(written), &again) ||
		     again != ms))
			abort();
	}
	times_parse_date((const char *)data, size, &ms);
	times_parse_point(text, 0, &ms);
	if (times_duration(text, &ms) && ms < 0)
		abort();
	names_file(text, name);
	if (strlen(name) > 100 || name[0] == '\0' || name[0] == '.' ||
	    name[0] == '-' || strchr(name, '/') != NULL)
		abort();
	names_is_job(text);
	free(text);
	return 0;
}
