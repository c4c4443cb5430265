#include "picture/title.h"

#include <ctype.h>
#include <stdio.h>

void
title_plain(const char *name, char *out, size_t size)
{
	char *at;

	snprintf(out, size, "%s", name);
	for (at = out; *at != '\0'; at++)
		if (*at == '_')
			*at = ' ';
}

void
title_write(const struct metric *metric, const struct bands *bands,
	    char out[TITLE_SIZE])
{
	const char *given = bands_title(bands, metric->name);

	title_plain(given != NULL ? given : metric->name, out, TITLE_SIZE);
	*out = (char)toupper((unsigned char)*out);
}
