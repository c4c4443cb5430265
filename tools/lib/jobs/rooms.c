#include "jobs/rooms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/whole.h"

static const char *const control_rooms[] = { "tmp", "new", "cur", "done" };

/* Errors of our own that errno has no word for. */
static const char *
reason_of(int error)
{
	return error == EPERM ? "it belongs to somebody else, or others may "
				"write it (chmod 700)"
			      : strerror(error);
}

static char *
complaint(const char *path, const char *name, int error)
{
	const char *reason = reason_of(error);
	size_t size = strlen(path) + strlen(name) + strlen(reason) + 6;
	char *why = msg_calloc(size, 1);

	snprintf(why, size, "'%s%s%s': %s", path, *name != '\0' ? "/" : "",
		 name, reason);
	return why;
}

/* A folder that nobody else could put files into. */
static int
open_folder(int parent, const char *name, int flags)
{
	struct stat st;
	int fd = openat(parent, name,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);

	if (fd < 0 || fstat(fd, &st) != 0)
		return fd < 0 ? -1 : whole_close(fd);
	if ((st.st_mode & S_IWOTH) == 0 &&
	    (st.st_uid == geteuid() || geteuid() == 0))
		return fd;
	errno = EPERM;
	return whole_close(fd);
}

static int
make_folder(int parent, const char *name)
{
	return mkdirat(parent, name, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* The folders above path, as mkdir -p makes them; what cannot be made is
 * reported by the opening of path. */
static void
make_parents(const char *path)
{
	char *copy = msg_strdup(path);
	char *slash = copy;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (make_folder(AT_FDCWD, copy) != 0)
			break;
		*slash = '/';
	}
	free(copy);
}

static int
write_latch(int folder)
{
	int fd = openat(folder, "latch",
			O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int failed;

	if (fd < 0)
		return -1;
	failed = write(fd, "0", 1) != 1 || fsync(fd) != 0;
	if (failed)
		return whole_close(fd);
	return close(fd);
}

static int
fill_control(int folder)
{
	size_t i;

	for (i = 0; i < sizeof(control_rooms) / sizeof(control_rooms[0]); i++)
		if (make_folder(folder, control_rooms[i]) != 0)
			return -1;
	return write_latch(folder) != 0 ? -1 : atomic_sync_dir(folder);
}

static void
remove_aside(int spool, const char *aside, int folder)
{
	int error = errno;
	size_t i;

	for (i = 0; i < sizeof(control_rooms) / sizeof(control_rooms[0]); i++)
		unlinkat(folder, control_rooms[i], AT_REMOVEDIR);
	unlinkat(folder, "latch", 0);
	unlinkat(spool, aside, AT_REMOVEDIR);
	errno = error;
}

/* Not every file system knows the flag; without it an empty control/ would be
 * replaced, any other is kept. */
static int
rename_new(int folder, const char *from, const char *to)
{
	if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	return renameat(folder, from, folder, to);
}

/* control/ is never seen without its latch: that would count as set. */
static int
make_control(int spool)
{
	char aside[40];
	int folder, failed;

	snprintf(aside, sizeof(aside), ".control.%ld", (long)getpid());
	if (make_folder(spool, aside) != 0)
		return -1;
	folder = open_folder(spool, aside, O_NOFOLLOW);
	if (folder < 0)
		return -1;
	failed = fill_control(folder) != 0 ||
		 rename_new(spool, aside, "control") != 0;
	if (failed)
		remove_aside(spool, aside, folder);
	whole_close(folder);
	if (failed && errno != EEXIST && errno != ENOTEMPTY)
		return -1;
	return atomic_sync_dir(spool);
}

/* Opens one room; without make a missing one is -1. */
static int
open_room(struct rooms *rooms, const char *name, bool make, int *fd)
{
	int failed;

	*fd = open_folder(rooms->spool, name, O_NOFOLLOW);
	if (*fd >= 0 || errno != ENOENT || !make)
		return *fd >= 0 || errno == ENOENT ? 0 : -1;
	failed = strcmp(name, "control") == 0 ? make_control(rooms->spool)
					      : make_folder(rooms->spool, name);
	if (failed == 0)
		*fd = open_folder(rooms->spool, name, O_NOFOLLOW);
	return *fd >= 0 ? 0 : -1;
}

/* As an absolute path: children have another working folder. */
static char *
absolute(const char *path)
{
	char *from, *full;
	size_t size;

	if (path == NULL)
		return home_path("spool");
	from = *path != '/' ? getcwd(NULL, 0) : NULL;
	if (from == NULL)
		return msg_strdup(path);
	size = strlen(from) + strlen(path) + 2;
	full = msg_calloc(size, 1);
	snprintf(full, size, "%s/%s", from, path);
	free(from);
	return full;
}

int
rooms_open(struct rooms *rooms, const char *path, bool make, char **why)
{
	struct {
		const char *name;
		int *fd;
	} const all[] = { { "run", &rooms->run },
			  { "lock", &rooms->lock },
			  { "control", &rooms->control },
			  { "status", &rooms->status } };
	const char *failed = "";
	size_t i;
	int error;

	*rooms = (struct rooms){ absolute(path), -1, -1, -1, -1, -1 };
	if (make && access(rooms->path, F_OK) != 0) {
		make_parents(rooms->path);
		make_folder(AT_FDCWD, rooms->path);
	}
	rooms->spool = open_folder(AT_FDCWD, rooms->path, 0);
	for (i = 0; rooms->spool >= 0 && i < 4; i++) {
		failed = all[i].name;
		if (open_room(rooms, failed, make, all[i].fd) != 0)
			break;
	}
	if (rooms->spool >= 0 && i == 4)
		return 0;
	error = errno;
	*why = complaint(rooms->path, failed, error);
	rooms_close(rooms);
	errno = error;
	return -1;
}

void
rooms_close(struct rooms *rooms)
{
	const int all[] = { rooms->spool, rooms->run, rooms->lock,
			    rooms->control, rooms->status };
	size_t i;

	if (rooms->path == NULL)
		return;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
	free(rooms->path);
	*rooms = (struct rooms){ NULL, -1, -1, -1, -1, -1 };
}

void
rooms_job(int64_t client, const char *job, char out[ROOMS_NAME])
{
	snprintf(out, ROOMS_NAME, "%lld.%s", (long long)client, job);
}

bool
rooms_parse_job(const char *name, int64_t *client, char job[NAMES_SIZE])
{
	char *end, again[ROOMS_NAME];

	*client = strtoll(name, &end, 10);
	if (*end != '.' || !names_is_job(end + 1))
		return false;
	snprintf(job, NAMES_SIZE, "%s", end + 1);
	rooms_job(*client, job, again);
	return strcmp(again, name) == 0;
}
