/* Any bytes as lines into a database, and all of it rolled back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/loader.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct loader *loader;
static char folder[] = "/tmp/pulse-fuzz.XXXXXX";

static void
clean(void)
{
	static const char *const ends[] = { "", ".lock", "-wal", "-shm" };
	char path[100];
	size_t i;

	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/pulse.db%s", folder, ends[i]);
		remove(path);
	}
	remove(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct loader_config config = { .dry_run = true };
	struct store_place place = { NULL, "share/schema", STORE_WRITE, 0,
				     STORE_WAREHOUSE };
	enum outcome_class class;
	struct rules *rules;
	struct store *store;
	char path[100], *why;

	(void)argc;
	(void)argv;
	if (mkdtemp(folder) == NULL)
		abort();
	atexit(clean);
	snprintf(path, sizeof(path), "%s/pulse.db", folder);
	place.path = path;
	if ((store = store_open_at(&place, &why, &class)) == NULL ||
	    (rules = rules_load("share/records", &why)) == NULL ||
	    (loader = loader_open(store, rules, &config, &why)) == NULL) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size, *why;
	struct ndjson_line line = { .number = 0 };

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		line.text = text;
		line.len = (size_t)((stop != NULL ? stop : end) - text);
		line.bytes = line.len;
		line.number++;
		if (loader_line(loader, &line, &why) == LOADER_FAILED) {
			fprintf(stderr, "%s\n", why);
			abort();
		}
		text += line.len + 1;
	}
	if (loader_end(loader, &why) != LOADER_TAKEN)
		abort();
	return 0;
}
