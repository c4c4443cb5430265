#include "measure/title.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"

void
title_words(char *name)
{
	for (; *name != '\0'; name++)
		if (*name == '_')
			*name = ' ';
}

void
title_plain(const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s", name);
	title_words(out);
}

char *
title_of(const struct metric *metric, const struct bands *bands)
{
	const char *given = bands_title(bands, metric->name);
	char *title = msg_strdup(given != NULL ? given : metric->name);

	title_words(title);
	return title;
}

void
title_write(const struct metric *metric, const struct bands *bands,
	    char out[TITLE_SIZE])
{
	char *title = title_of(metric, bands);

	snprintf(out, TITLE_SIZE, "%s", title);
	*out = (char)toupper((unsigned char)*out);
	free(title);
}
