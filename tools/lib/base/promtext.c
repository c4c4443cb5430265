#include "base/promtext.h"

#include <stdlib.h>

#include "base/msg.h"
#include "base/utf8.h"

static void
escape(FILE *out, const char *text, int quotes)
{
	char *clean = msg_strdup(text), *c;

	utf8_clean(clean);
	for (c = clean; *c != '\0'; c++)
		if (*c == '\n')
			fputs("\\n", out);
		else if (*c == '\\' || (quotes && *c == '"'))
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	free(clean);
}

void
promtext_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s ", name);
	escape(out, help, 0);
	fprintf(out, "\n# TYPE %s %s\n", name, type);
}

void
promtext_label(FILE *out, char before, const char *name, const char *value)
{
	fprintf(out, "%c%s=\"", before, name);
	escape(out, value, 1);
	fputc('"', out);
}
