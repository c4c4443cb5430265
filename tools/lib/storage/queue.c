#include "storage/queue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/names.h"
#include "base/outcome.h"
#include "base/times.h"

enum { POLL_MS = 20 };

static const char *const folders[QUEUE_STATES] = {
	[QUEUE_TMP] = "tmp",
	[QUEUE_NEW] = "new",
	[QUEUE_DONE] = "done",
	[QUEUE_BAD] = "bad",
};

struct queue {
	char *path;
	int top, lock;
	int folder[QUEUE_STATES];
	unsigned number; /* the last one given */
};

/* Opens parent/name, made and made durable when missing, and refuses a folder
 * that somebody else could put files into. */
static int
open_folder(int parent, const char *name)
{
	struct stat st;
	int fd;

	if (mkdirat(parent, name, 0700) == 0) {
		if (parent >= 0 && atomic_sync_dir(parent) != 0)
			return -1;
	} else if (errno != EEXIST) {
		return -1;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && (st.st_mode & S_IWOTH) == 0 &&
	    (st.st_uid == geteuid() || geteuid() == 0))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* The folders above dir, as mkdir -p makes them; open_folder reports those that
 * cannot be made. */
static void
make_parents(const char *dir)
{
	char *path = msg_strdup(dir);
	char *slash = path;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			break;
		*slash = '/';
	}
	free(path);
}

/* DIR/queue/CLIENT/QUEUE, one folder after the other. */
static int
open_top(const char *dir, const char *client, const char *name)
{
	const char *const below[] = { "queue", client, name };
	size_t i;
	int fd;

	make_parents(dir);
	fd = open_folder(AT_FDCWD, dir);
	for (i = 0; fd >= 0 && i < 3; i++) {
		int next = open_folder(fd, below[i]);
		int error = errno;

		close(fd);
		errno = error;
		fd = next;
	}
	return fd;
}

struct queue *
queue_open(const char *dir, const char *client, const char *name)
{
	char *spool = dir != NULL ? msg_strdup(dir) : home_path("spool");
	struct queue *queue = msg_calloc(1, sizeof(*queue));
	char owner[NAMES_SIZE];
	size_t size = strlen(spool) + strlen(name) + NAMES_SIZE + 16;
	int i, error;

	names_file(client, owner);
	queue->path = msg_calloc(size, 1);
	snprintf(queue->path, size, "%s/queue/%s/%s", spool, owner, name);
	queue->lock = queue->top = -1;
	for (i = 0; i < QUEUE_STATES; i++)
		queue->folder[i] = -1;
	errno = EINVAL;
	if (names_is_job(name))
		queue->top = open_top(spool, owner, name);
	for (i = 0; queue->top >= 0 && i < QUEUE_STATES; i++) {
		queue->folder[i] = open_folder(queue->top, folders[i]);
		if (queue->folder[i] < 0)
			break;
	}
	error = errno;
	free(spool);
	if (i == QUEUE_STATES)
		return queue;
	queue_close(queue);
	errno = error;
	return NULL;
}

int
queue_code(int error)
{
	enum outcome_class class = outcome_of_errno(error);

	if (error == EINVAL)
		return EX_USAGE;
	return class == OUTCOME_DISK ? EX_CANTCREAT : outcome_code(class);
}

void
queue_close(struct queue *queue)
{
	int i;

	if (queue == NULL)
		return;
	for (i = 0; i < QUEUE_STATES; i++)
		if (queue->folder[i] >= 0)
			close(queue->folder[i]);
	if (queue->lock >= 0)
		close(queue->lock);
	if (queue->top >= 0)
		close(queue->top);
	free(queue->path);
	free(queue);
}

const char *
queue_path(const struct queue *queue)
{
	return queue->path;
}

int
queue_top(const struct queue *queue)
{
	return queue->top;
}

int
queue_folder(const struct queue *queue, enum queue_state state)
{
	return queue->folder[state];
}

unsigned
queue_number(struct queue *queue)
{
	return ++queue->number;
}

const char *
queue_state_name(enum queue_state state)
{
	return folders[state];
}

int
queue_lock(struct queue *queue, int64_t wait_ms)
{
	int64_t end = clock_monotonic() + wait_ms;

	queue->lock = openat(queue->top, "lock",
			     O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (queue->lock < 0)
		return -1;
	while (flock(queue->lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EINTR &&
		    (errno != EWOULDBLOCK || clock_monotonic() >= end))
			return -1;
		poll(NULL, 0, POLL_MS);
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
queue_names(const struct queue *queue, enum queue_state state,
	    struct queue_names *names)
{
	int fd = openat(queue->folder[state], ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	*names = (struct queue_names){ 0 };
	if (dir == NULL)
		return -1;
	errno = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		names->items = msg_realloc(names->items,
					   (names->count + 1) * sizeof(char *));
		names->items[names->count++] = msg_strdup(entry->d_name);
	}
	if (errno != 0 || closedir(dir) != 0) {
		queue_names_free(names);
		return -1;
	}
	if (names->count > 0)
		qsort(names->items, names->count, sizeof(char *), by_name);
	return 0;
}

void
queue_names_free(struct queue_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct queue_names){ 0 };
}

int
queue_move(const struct queue *queue, enum queue_state from, const char *name,
	   enum queue_state to, const char *as)
{
	if (renameat(queue->folder[from], name, queue->folder[to], as) != 0 ||
	    atomic_sync_dir(queue->folder[to]) != 0)
		return -1;
	return atomic_sync_dir(queue->folder[from]);
}

void
queue_stamp(int64_t ms, char out[QUEUE_STAMP_SIZE])
{
	char text[TIMES_SIZE];

	times_format(ms, text);
	snprintf(out, QUEUE_STAMP_SIZE, "%.4s%.2s%.5s%.2s%.7s", text, text + 5,
		 text + 8, text + 14, text + 17);
}

int64_t
queue_stamp_ms(const char *name)
{
	char text[TIMES_SIZE];
	int64_t ms;

	if (strlen(name) < QUEUE_STAMP_SIZE - 4)
		return 0;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.5s:%.2s:%.7s", name, name + 4,
		 name + 6, name + 11, name + 13);
	return times_parse(text, strlen(text), &ms) ? ms : 0;
}
