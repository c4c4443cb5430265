#include "look/allowance.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/times.h"
#include "jobs/folder.h"
#include "records/json.h"

enum { TAIL = 65536, TOOL = 0, LEFT, RESET, WANTED };

/* One line of a fetcher; what others write is passed over. */
static bool
read_line(const struct json_span spans[WANTED], struct allowance *allowance)
{
	static const char fetch[] = "fetch-";
	const struct json_span *tool = &spans[TOOL];
	size_t skip = sizeof(fetch) - 1;

	if (tool->type != JSON_STRING || tool->escaped || tool->len <= skip ||
	    tool->len >= NAMES_SIZE || memcmp(tool->at, fetch, skip) != 0 ||
	    !json_int(&spans[LEFT], &allowance->left))
		return false;
	snprintf(allowance->integration, NAMES_SIZE, "%.*s",
		 (int)(tool->len - skip), tool->at + skip);
	allowance->reset = 0;
	if (spans[RESET].type == JSON_STRING)
		times_parse(spans[RESET].at, spans[RESET].len,
			    &allowance->reset);
	return true;
}

/* The last line that tells of it counts. */
static bool
read_lines(const char *lines, size_t len, struct allowance *allowance)
{
	static const char *const wanted[WANTED] = { "tool", "quota_left",
						    "quota_reset" };
	struct json_paths *paths = json_paths(wanted, WANTED);
	struct json_span spans[WANTED];
	struct json_error error;
	bool found = false;
	size_t at = 0;
	const char *end;

	while ((end = memchr(lines + at, '\n', len - at)) != NULL) {
		size_t line = (size_t)(end - lines) - at;

		if (json_scan(paths, lines + at, line, spans, &error) == 0 &&
		    read_line(spans, allowance))
			found = true;
		at += line + 1;
	}
	json_paths_free(paths);
	return found;
}

bool
allowance_read(const struct rooms *rooms, const char *run,
	       struct allowance *allowance)
{
	int fd = folder_open_file(rooms, run, "requests");
	char lines[TAIL];
	struct stat st;
	ssize_t len = -1;

	*allowance = (struct allowance){ .left = -1 };
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0) {
		allowance->at = st.st_mtim.tv_sec * 1000;
		len = read(fd, lines, sizeof(lines));
	}
	close(fd);
	return len > 0 && read_lines(lines, (size_t)len, allowance);
}
