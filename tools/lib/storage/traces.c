#include "storage/traces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/msg.h"
#include "storage/spool.h"

enum { DEEPEST = 8 };

struct bytes {
	char *text;
	size_t len, size;
};

struct place { /* a file, by its folder and its path below the spool */
	int folder;
	const char *name, *path;
};

static int
add_bytes(void *arg, const void *bytes, size_t len)
{
	struct bytes *all = arg;

	if (len == 0)
		return 0;
	if (all->text == NULL || all->size - all->len < len) {
		all->size = all->size * 2 + len;
		all->text = msg_realloc(all->text, all->size);
	}
	memcpy(all->text + all->len, bytes, len);
	all->len += len;
	return 0;
}

static int
read_plain(int fd, struct bytes *all)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			add_bytes(all, chunk, (size_t)n);
	}
	return 0;
}

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), tail = strlen(end);

	return len >= tail && strcmp(name + len - tail, end) == 0;
}

/* A packed batch that is damaged is looked at as it is. */
static int
read_file(const struct place *place, struct bytes *all)
{
	int fd = openat(place->folder, place->name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int failed = 0, error;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (!ends_in(place->name, ".zst") ||
	    spool_each(fd, add_bytes, all) != 0) {
		all->len = 0;
		failed = lseek(fd, 0, SEEK_SET) != 0 || read_plain(fd, all) != 0
				 ? -1
				 : 0;
	}
	error = errno;
	close(fd);
	errno = error;
	return failed;
}

/* A run that has ended has a result, and nobody writes its log any more. */
static bool
has_ended(const struct place *place)
{
	return faccessat(place->folder, "result", F_OK, AT_SYMLINK_NOFOLLOW) ==
	       0;
}

static enum traces_fate
fate_of(const struct place *place)
{
	static const struct {
		const char *pattern;
		enum traces_fate fate;
	} fates[] = {
		{ "queue/*/*/done/*", TRACES_BATCH },
		{ "queue/*/*/bad/*", TRACES_BATCH },
		{ "queue/*/*/new/*", TRACES_WAITING },
		{ "queue/*/*/tmp/*", TRACES_WAITING },
		{ "cache/*", TRACES_CACHED },
		{ "run/*/log*", TRACES_LOG },
		{ "run/*/failures", TRACES_LOG },
		{ "run/*/items", TRACES_LOG },
		{ "run/*/progress", TRACES_LOG },
		{ "run/*/requests", TRACES_LOG },
	};
	size_t i;

	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
		if (fnmatch(fates[i].pattern, place->path, 0) == 0)
			return fates[i].fate == TRACES_LOG && !has_ended(place)
				       ? TRACES_LEFT
				       : fates[i].fate;
	return TRACES_LEFT;
}

static int
settle(const struct traces *traces, const struct place *place,
       enum traces_fate fate, const struct bytes *all)
{
	char *clean;
	size_t len;
	int failed;

	switch (fate) {
	case TRACES_BATCH:
	case TRACES_CACHED:
		return unlinkat(place->folder, place->name, 0) == 0 ||
				       errno == ENOENT
			       ? 0
			       : -1;
	case TRACES_LOG:
		clean = needles_replace(traces->needles, all->text, all->len,
					traces->pseudonym, &len);
		failed = clean == NULL
				 ? 0
				 : atomic_replace(place->folder, place->name,
						  clean, len);
		free(clean);
		return failed;
	case TRACES_WAITING:
	case TRACES_LEFT:
	case TRACES_FATES:
	default:
		return 0;
	}
}

/* Cursors name repositories and projects, never people. */
static bool
is_skipped(const struct traces *traces, const char *path)
{
	return (!traces->database && strncmp(path, "pulse.db", 8) == 0) ||
	       fnmatch("checkpoints/*", path, 0) == 0;
}

static bool
is_named_in(const struct traces *traces, const struct place *place,
	    const struct bytes *all)
{
	size_t len;

	if (all->len == 0)
		return false;
	if (strstr(place->name, ".db") != NULL)
		return needles_are_in(traces->needles, all->text, all->len);
	return needles_find(traces->needles, all->text, all->len, &len) != NULL;
}

static int
look_at(struct traces *traces, const struct place *place)
{
	struct bytes all = { 0 };
	enum traces_fate fate;
	int failed = read_file(place, &all);

	if (failed == 0 && is_named_in(traces, place, &all)) {
		fate = fate_of(place);
		traces->counts[fate]++;
		traces->tell(traces->arg, fate, place->path);
		if (traces->apply)
			failed = settle(traces, place, fate, &all);
	}
	free(all.text);
	return failed;
}

static int
complain(const char *path, char **why)
{
	*why = msg_text("'%s': %s", path, strerror(errno));
	return -1;
}

static int walk(struct traces *traces, int folder, const char *path, int depth,
		char **why);

static int
visit(struct traces *traces, const struct place *place, int depth, char **why)
{
	struct stat st;
	int below;

	if (fstatat(place->folder, place->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : complain(place->path, why);
	if (S_ISREG(st.st_mode) && !is_skipped(traces, place->path))
		return look_at(traces, place) == 0 ? 0
						   : complain(place->path, why);
	if (!S_ISDIR(st.st_mode) || depth == DEEPEST)
		return 0;
	below = openat(place->folder, place->name,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return errno == ENOENT ? 0 : complain(place->path, why);
	return walk(traces, below, place->path, depth + 1, why);
}

/* Takes the folder. */
static int
walk(struct traces *traces, int folder, const char *path, int depth, char **why)
{
	DIR *dir = fdopendir(folder);
	struct dirent *entry;
	int failed = 0;

	if (dir == NULL) {
		close(folder);
		return complain(path, why);
	}
	while (failed == 0 && (entry = readdir(dir)) != NULL) {
		struct place place = { folder, entry->d_name, NULL };
		char *full;

		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		full = msg_text("%s%s%s", path, *path != '\0' ? "/" : "",
				entry->d_name);
		place.path = full;
		failed = visit(traces, &place, depth, why);
		free(full);
	}
	closedir(dir);
	return failed;
}

int
traces_walk(struct traces *traces, char **why)
{
	int folder = open(traces->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	memset(traces->counts, 0, sizeof(traces->counts));
	if (folder < 0)
		return complain(traces->spool, why);
	return walk(traces, folder, "", 0, why);
}
