#include "net/items.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "records/json.h"
#include "records/ndjson.h"

enum { SCOPE, ENTITY, KEY, WANTED };

static bool
parse(const struct json_paths *paths, const struct ndjson_line *line,
      struct source_item *item)
{
	struct json_span spans[WANTED];
	struct json_error error;

	if (line->too_long ||
	    json_scan(paths, line->text, line->len, spans, &error) != 0)
		return false;
	item->scope = json_text(&spans[SCOPE]);
	item->entity = json_text(&spans[ENTITY]);
	item->key = json_text(&spans[KEY]);
	return item->scope != NULL && item->entity != NULL && item->key != NULL;
}

static char *
read_lines(struct ndjson *in, struct source_item **items, size_t *count)
{
	static const char *const want[WANTED] = { "scope", "entity", "key" };
	struct json_paths *paths = json_paths(want, WANTED);
	struct ndjson_line line;
	char why[256] = "";

	while (*why == '\0' && ndjson_next(in, &line)) {
		*items = msg_realloc(*items, (*count + 1) * sizeof(**items));
		(*items)[*count] = (struct source_item){ 0 };
		if (!parse(paths, &line, &(*items)[(*count)++]))
			snprintf(why, sizeof(why),
				 "line %lu is no item: expected scope, entity "
				 "and key",
				 line.number);
	}
	if (ndjson_failed(in))
		snprintf(why, sizeof(why), "%s", strerror(errno));
	json_paths_free(paths);
	return *why != '\0' ? msg_strdup(why) : NULL;
}

struct source_item *
items_read(const char *path, size_t *count, char **why)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO
					: open(path, O_RDONLY | O_CLOEXEC);
	struct source_item *items = msg_calloc(1, sizeof(*items));
	struct ndjson *in;

	*count = 0;
	if (fd < 0) {
		*why = msg_strdup(strerror(errno));
		free(items);
		return NULL;
	}
	in = ndjson_open(fd, path);
	*why = read_lines(in, &items, count);
	ndjson_close(in);
	if (fd != STDIN_FILENO)
		close(fd);
	if (*why == NULL)
		return items;
	items_free(items, *count);
	return NULL;
}

void
items_free(struct source_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free((char *)(uintptr_t)items[i].scope);
		free((char *)(uintptr_t)items[i].entity);
		free((char *)(uintptr_t)items[i].key);
	}
	free(items);
}
