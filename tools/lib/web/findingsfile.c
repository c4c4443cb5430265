#include "web/findingsfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole.h"

enum { LARGEST = 1 << 20 };

enum { CHECK, SUBJECT, CLIENT, LEVEL, VALUE, MESSAGE, WAY_OUT, WANTED };

void
findingsfile_read(struct findingsfile *file, int spool)
{
	static const char *const wanted[WANTED] = { "check",  "subject",
						    "client", "level",
						    "value",  "message",
						    "way_out" };
	int fd = openat(spool, "health.ndjson",
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	*file = (struct findingsfile){ .paths = json_paths(wanted, WANTED) };
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		file->at = st.st_mtim.tv_sec * 1000;
		file->text = whole_read(fd, LARGEST, NULL);
	}
	close(fd);
	file->rest = file->text;
}

static bool
take(const struct json_span spans[WANTED], struct findingsfile_line *line)
{
	line->check = spans[CHECK];
	line->subject = spans[SUBJECT];
	line->level = spans[LEVEL];
	line->value = spans[VALUE];
	line->message = spans[MESSAGE];
	line->way_out = spans[WAY_OUT];
	line->client = 0;
	json_int(&spans[CLIENT], &line->client);
	return line->check.type == JSON_STRING &&
	       line->level.type == JSON_STRING;
}

bool
findingsfile_next(struct findingsfile *file, struct findingsfile_line *line)
{
	struct json_span spans[WANTED];
	struct json_error error;
	const char *end;

	while (file->rest != NULL && (end = strchr(file->rest, '\n')) != NULL) {
		line->text = file->rest;
		line->len = (size_t)(end - file->rest);
		file->rest = end + 1;
		if (json_scan(file->paths, line->text, line->len, spans,
			      &error) == 0 &&
		    take(spans, line))
			return true;
	}
	return false;
}

void
findingsfile_free(struct findingsfile *file)
{
	json_paths_free(file->paths);
	free(file->text);
	*file = (struct findingsfile){ .text = NULL };
}
