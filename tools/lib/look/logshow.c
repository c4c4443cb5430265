#include "look/logshow.h"

#include <stdlib.h>
#include <string.h>

#include "base/listing.h"
#include "base/msg.h"
#include "look/logtail.h"

enum { MOST = 2 << 20 }; /* more lines than a log can hold */

static void
print(const struct logshow *show, const char *line, size_t len)
{
	size_t part;

	for (; show->terminal && len > 0; line += part, len -= part) {
		const char *tab = memchr(line, '\t', len);

		part = tab != NULL ? (size_t)(tab - line) + 1 : len;
		listing_show(show->out, line, tab != NULL ? part - 1 : part);
		if (tab != NULL)
			fputc('\t', show->out);
	}
	fwrite(line, 1, len, show->out);
	fputc('\n', show->out);
}

void
logshow_keep(struct logshow *show, size_t lines)
{
	show->size = lines < MOST ? lines : MOST;
	show->ring = msg_calloc(show->size + 1, sizeof(*show->ring));
}

static void
keep(struct logshow *show, const char *line, size_t len)
{
	struct logshow_kept *kept;

	if (show->size == 0)
		return;
	kept = &show->ring[show->seen++ % show->size];
	free(kept->text);
	kept->text = msg_calloc(len + 1, 1);
	memcpy(kept->text, line, len);
	kept->len = len;
}

void
logshow_line(void *arg, const char *line, size_t len)
{
	struct logshow *show = arg;
	int64_t at;

	/* A line without a stamp belongs to the one before it. */
	if (show->since != 0 && logtail_stamp(line, len, &at))
		show->skipping = at < show->since;
	if (show->skipping)
		return;
	if (show->ring != NULL)
		keep(show, line, len);
	else
		print(show, line, len);
}

void
logshow_release(struct logshow *show)
{
	size_t i;

	for (i = 0; i < show->size; i++) {
		struct logshow_kept *kept =
			&show->ring[(show->seen + i) % show->size];

		if (kept->text != NULL)
			print(show, kept->text, kept->len);
		free(kept->text);
	}
	free(show->ring);
	show->ring = NULL;
	show->size = 0;
}
