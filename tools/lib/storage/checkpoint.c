#include "storage/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/msg.h"
#include "base/names.h"
#include "base/whole.h"
#include "records/json.h"

enum { LARGEST = 64 << 20 };

struct cursor {
	char *scope;
	const char *at; /* in text */
	size_t len;
};

struct checkpoint {
	char *text;
	struct cursor *cursors; /* sorted by scope */
	size_t count;
};

static char *
complaint(const char *path, const char *reason)
{
	size_t size = strlen(path) + strlen(reason) + 3;
	char *why = msg_calloc(size, 1);

	snprintf(why, size, "%s: %s", path, reason);
	return why;
}

static int
by_scope(const void *a, const void *b)
{
	return strcmp(((const struct cursor *)a)->scope,
		      ((const struct cursor *)b)->scope);
}

static int
is_scope(const void *scope, const void *cursor)
{
	return strcmp(scope, ((const struct cursor *)cursor)->scope);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The span of a text that is one JSON object with blanks around it. */
static bool
is_object(const char *text, size_t len, struct json_span *object)
{
	while (len > 0 && is_blank(*text)) {
		text++;
		len--;
	}
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	*object = (struct json_span){ text, len, JSON_OBJECT, false, false };
	return len > 0 && *text == '{' &&
	       json_scan(NULL, text, len, NULL, &(struct json_error){ 0 }) == 0;
}

static void
add(struct checkpoint *checkpoint, char *scope, const struct json_span *value)
{
	size_t n = checkpoint->count++;

	checkpoint->cursors = msg_realloc(
		checkpoint->cursors, (n + 1) * sizeof(*checkpoint->cursors));
	checkpoint->cursors[n] =
		(struct cursor){ scope, value->at, value->len };
	if (value->type == JSON_STRING) { /* its quotes belong to it */
		checkpoint->cursors[n].at--;
		checkpoint->cursors[n].len += 2;
	}
}

/* Returns NULL, or what is wrong with the text. */
static const char *
fill(struct checkpoint *checkpoint, size_t len)
{
	struct json_span object, key, value;
	struct json_walk walk;
	size_t i;

	if (!is_object(checkpoint->text, len, &object))
		return "damaged: not one JSON object";
	walk = json_walk(&object);
	while (json_next(&walk, &key, &value)) {
		char *scope = json_text(&key);

		if (scope == NULL)
			return "damaged: a scope that is no text";
		add(checkpoint, scope, &value);
	}
	if (checkpoint->count > 0)
		qsort(checkpoint->cursors, checkpoint->count,
		      sizeof(*checkpoint->cursors), by_scope);
	for (i = 1; i < checkpoint->count; i++)
		if (by_scope(&checkpoint->cursors[i - 1],
			     &checkpoint->cursors[i]) == 0)
			return "damaged: a scope stands twice";
	return NULL;
}

struct checkpoint *
checkpoint_load(const char *path, char **why)
{
	struct checkpoint *checkpoint = msg_calloc(1, sizeof(*checkpoint));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *reason;
	size_t len = 0;

	if (fd < 0 && errno == ENOENT)
		return checkpoint;
	if (fd >= 0)
		checkpoint->text = whole_read(fd, LARGEST, &len);
	reason = checkpoint->text == NULL ? strerror(errno)
					  : fill(checkpoint, len);
	if (fd >= 0)
		close(fd);
	if (reason == NULL)
		return checkpoint;
	*why = complaint(path, reason);
	checkpoint_free(checkpoint);
	return NULL;
}

void
checkpoint_free(struct checkpoint *checkpoint)
{
	size_t i;

	if (checkpoint == NULL)
		return;
	for (i = 0; i < checkpoint->count; i++)
		free(checkpoint->cursors[i].scope);
	free(checkpoint->cursors);
	free(checkpoint->text);
	free(checkpoint);
}

const char *
checkpoint_cursor(const struct checkpoint *checkpoint, const char *scope,
		  size_t *len)
{
	const struct cursor *found = NULL;

	if (checkpoint->count > 0)
		found = bsearch(scope, checkpoint->cursors, checkpoint->count,
				sizeof(*found), is_scope);
	if (found == NULL)
		return NULL;
	*len = found->len;
	return found->at;
}

bool
checkpoint_each(const struct checkpoint *checkpoint, size_t i,
		const char **scope, const char **cursor, size_t *len)
{
	if (i >= checkpoint->count)
		return false;
	*scope = checkpoint->cursors[i].scope;
	*cursor = checkpoint->cursors[i].at;
	*len = checkpoint->cursors[i].len;
	return true;
}

/* Opens the folder name below parent, made and made durable when missing. */
static int
open_folder(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) == 0) {
		if (parent >= 0 && atomic_sync_dir(parent) != 0)
			return -1;
	} else if (errno != EEXIST) {
		return -1;
	}
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
checkpoint_replace(const char *dir, const char *client, const char *job,
		   const char *json, size_t len)
{
	char folder[NAMES_SIZE], base[NAMES_SIZE], name[NAMES_SIZE + 8];
	int top, fd = -1, failed = -1, error;

	names_file(client, folder);
	names_file(job, base);
	snprintf(name, sizeof(name), "%s.json", base);
	if ((top = open_folder(AT_FDCWD, dir)) >= 0)
		fd = open_folder(top, folder);
	if (fd >= 0)
		failed = atomic_replace(fd, name, json, len);
	error = errno;
	if (fd >= 0)
		close(fd);
	if (top >= 0)
		close(top);
	errno = error;
	return failed;
}

static const struct {
	const char *name;
	enum checkpoint_line line;
} lines[] = {
	{ "batch", LINE_BATCH },       { "checkpoint", LINE_CHECKPOINT },
	{ "keys", LINE_KEYS },	       { "failure", LINE_FAILURE },
	{ "resolved", LINE_RESOLVED }, { "quality", LINE_QUALITY },
};

/* The type when another key stands before it, or when it is spelled with
 * escapes or blanks. */
static enum checkpoint_line
scanned(const char *text, size_t len)
{
	struct json_span object, key, value;
	struct json_walk walk;
	size_t i;

	if (!is_object(text, len, &object))
		return LINE_RECORD;
	walk = json_walk(&object);
	while (json_next(&walk, &key, &value)) {
		if (!json_is(&key, "type"))
			continue;
		for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (json_is(&value, lines[i].name))
				return lines[i].line;
		return LINE_RECORD;
	}
	return LINE_RECORD;
}

enum checkpoint_line
checkpoint_line(const char *line, size_t len)
{
	static const char start[] = "{\"type\":\"";
	const char *name = line + sizeof(start) - 1;
	const char *end;
	size_t i;

	if (len < sizeof(start) || memcmp(line, start, sizeof(start) - 1) != 0)
		return scanned(line, len);
	len -= sizeof(start) - 1;
	end = memchr(name, '"', len);
	if (end == NULL || memchr(name, '\\', (size_t)(end - name)) != NULL)
		return scanned(line, len + sizeof(start) - 1);
	len = (size_t)(end - name);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strlen(lines[i].name) == len &&
		    memcmp(lines[i].name, name, len) == 0)
			return lines[i].line;
	return LINE_RECORD;
}
