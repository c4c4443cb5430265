#include "storage/taker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic.h"
#include "storage/spool.h"

static const char crashes[] = "crashes";

int
taker_next(struct queue *queue, struct taker_batch *batch)
{
	struct queue_names names;
	bool found;

	if (queue_names(queue, QUEUE_NEW, &names) != 0)
		return -1;
	found = names.count > 0;
	if (found)
		snprintf(batch->name, sizeof(batch->name), "%s",
			 names.items[0]);
	queue_names_free(&names);
	if (!found)
		return 0;
	batch->fd = openat(queue_folder(queue, QUEUE_NEW), batch->name,
			   O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return batch->fd >= 0 ? 1 : -1;
}

void
taker_leave(struct taker_batch *batch)
{
	int error = errno;

	close(batch->fd);
	batch->fd = -1;
	errno = error;
}

/* The compressed copy stands in done/ before the batch leaves new/: a crash
 * between the two leaves both, and the batch is taken once more. */
static int
archive(struct queue *queue, struct taker_batch *batch)
{
	struct spool_batch *copy = spool_begin(queue);
	char name[sizeof(batch->name) + 8];

	if (copy == NULL)
		return -1;
	if (lseek(batch->fd, 0, SEEK_SET) < 0 ||
	    spool_pack(copy, batch->fd) != 0) {
		spool_abandon(copy);
		return -1;
	}
	snprintf(name, sizeof(name), "%s.zst", batch->name);
	if (spool_publish(copy, QUEUE_DONE, name) != 0)
		return -1;
	return unlinkat(queue_folder(queue, QUEUE_NEW), batch->name, 0);
}

int
taker_done(struct queue *queue, struct taker_batch *batch)
{
	int failed = archive(queue, batch);

	taker_leave(batch);
	return failed != 0 ? -1 : taker_calm(queue);
}

int
taker_give_up(struct queue *queue, struct taker_batch *batch)
{
	char name[sizeof(batch->name) + 8];

	taker_leave(batch);
	snprintf(name, sizeof(name), "%s.batch", batch->name);
	if (queue_move(queue, QUEUE_NEW, batch->name, QUEUE_BAD, name) != 0)
		return -1;
	return taker_calm(queue);
}

int
taker_calm(struct queue *queue)
{
	if (unlinkat(queue_top(queue), crashes, 0) != 0 && errno != ENOENT)
		return -1;
	return 0;
}

/* The file is one line, NAME COUNT; another batch's is 0 for this one. */
static int
crashes_so_far(const struct queue *queue, const char *name)
{
	char text[320];
	size_t len = strlen(name);
	ssize_t n;
	int fd = openat(queue_top(queue), crashes,
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return -1;
	text[n] = '\0';
	if ((size_t)n < len + 2 || memcmp(text, name, len) != 0 ||
	    text[len] != ' ' || text[len + 1] < '0' || text[len + 1] > '9')
		return 0;
	return text[len + 1] - '0';
}

int
taker_crashed(struct queue *queue, const struct taker_batch *batch)
{
	int count = crashes_so_far(queue, batch->name);
	char text[320];

	if (count < 0)
		return -1;
	count = count < 9 ? count + 1 : 9;
	snprintf(text, sizeof(text), "%s %d\n", batch->name, count);
	if (atomic_replace(queue_top(queue), crashes, text, strlen(text)) != 0)
		return -1;
	return count;
}
