#include "storage/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/home.h"
#include "base/msg.h"
#include "storage/spool.h"

static char *
join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = msg_calloc(size, 1);

	snprintf(path, size, "%s/%s", folder, name);
	return path;
}

/* The names in a folder but hidden ones, NULL-ended and allocated; none when
 * it is not there.  NULL with errno for any other reason. */
static char **
names_in(const char *folder)
{
	char **names = msg_calloc(1, sizeof(*names));
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
		return names;
	if (dir == NULL) {
		free(names);
		return NULL;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		names = msg_realloc(names, (n + 2) * sizeof(*names));
		names[n++] = msg_strdup(entry->d_name);
		names[n] = NULL;
	}
	closedir(dir);
	return names;
}

static void
free_names(char **names)
{
	size_t i;

	for (i = 0; names != NULL && names[i] != NULL; i++)
		free(names[i]);
	free(names);
}

static void
add(struct shelf *shelf, const struct shelf_item *where, const char *folder,
    const char *name)
{
	struct shelf_item item = *where;
	struct stat st;

	item.path = join(folder, name);
	if (lstat(item.path, &st) != 0 || !S_ISREG(st.st_mode)) {
		free(item.path);
		return;
	}
	item.client = msg_strdup(where->client);
	item.queue = msg_strdup(where->queue);
	item.name = msg_strdup(name);
	item.bytes = st.st_size;
	item.at = queue_stamp_ms(name);
	if (item.at == 0)
		item.at = st.st_mtim.tv_sec * 1000;
	shelf->items = msg_realloc(shelf->items,
				   (shelf->count + 1) * sizeof(*shelf->items));
	shelf->items[shelf->count++] = item;
}

static int
read_queue(struct shelf *shelf, struct shelf_item *where, const char *top)
{
	int state, failed = 0;

	for (state = 0; state < QUEUE_STATES && failed == 0; state++) {
		char *folder = join(top, queue_state_name(state));
		char **names = names_in(folder);
		size_t i;

		where->state = (enum queue_state)state;
		for (i = 0; names != NULL && names[i] != NULL; i++)
			add(shelf, where, folder, names[i]);
		failed = names == NULL ? -1 : 0;
		free_names(names);
		free(folder);
	}
	return failed;
}

static int
read_client(struct shelf *shelf, char *client, const char *queue,
	    const char *top)
{
	char **names = names_in(top);
	int failed = names == NULL ? -1 : 0;
	size_t i;

	for (i = 0; failed == 0 && names[i] != NULL; i++) {
		struct shelf_item where = { .client = client,
					    .queue = names[i] };
		char *folder;

		if (queue != NULL && strcmp(queue, names[i]) != 0)
			continue;
		folder = join(top, names[i]);
		failed = read_queue(shelf, &where, folder);
		free(folder);
	}
	free_names(names);
	return failed;
}

static int
in_order(const void *a, const void *b)
{
	const struct shelf_item *x = a, *y = b;
	int order = strcmp(x->client, y->client);

	if (order == 0)
		order = strcmp(x->queue, y->queue);
	if (order == 0)
		order = (int)x->state - (int)y->state;
	return order != 0 ? order : strcmp(x->name, y->name);
}

int
shelf_read(const char *dir, const char *client, const char *queue,
	   struct shelf *shelf)
{
	char *spool = dir != NULL ? msg_strdup(dir) : home_path("spool");
	char *top = join(spool, "queue");
	char **names = names_in(top);
	int failed = names == NULL ? -1 : 0;
	size_t i;

	*shelf = (struct shelf){ 0 };
	for (i = 0; failed == 0 && names[i] != NULL; i++) {
		char *folder;

		if (client != NULL && strcmp(client, names[i]) != 0)
			continue;
		folder = join(top, names[i]);
		failed = read_client(shelf, names[i], queue, folder);
		free(folder);
	}
	free_names(names);
	free(top);
	free(spool);
	if (shelf->count > 0)
		qsort(shelf->items, shelf->count, sizeof(*shelf->items),
		      in_order);
	if (failed != 0)
		shelf_free(shelf);
	return failed;
}

void
shelf_free(struct shelf *shelf)
{
	size_t i;

	for (i = 0; i < shelf->count; i++) {
		free(shelf->items[i].client);
		free(shelf->items[i].queue);
		free(shelf->items[i].name);
		free(shelf->items[i].path);
	}
	free(shelf->items);
	*shelf = (struct shelf){ 0 };
}

/* The raw batch stands in new/ before the compressed one leaves done/. */
static int
unpack_again(struct queue *queue, const char *packed, const char *name)
{
	int fd = openat(queue_folder(queue, QUEUE_DONE), packed,
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct spool_batch *batch;
	int failed = -1;

	if (fd < 0)
		return -1;
	batch = spool_begin(queue);
	if (batch != NULL && spool_unpack(batch, fd) == 0)
		failed = spool_publish(batch, QUEUE_NEW, name);
	else if (batch != NULL)
		spool_abandon(batch);
	close(fd);
	if (failed != 0)
		return -1;
	return unlinkat(queue_folder(queue, QUEUE_DONE), packed, 0);
}

int
shelf_replay(struct queue *queue, const char *name)
{
	static const char *const endings[] = { ".zst", ".batch" };
	char base[256], full[264];
	size_t i, len = strlen(name);

	if (len >= sizeof(base) || strchr(name, '/') != NULL) {
		errno = EINVAL;
		return -1;
	}
	snprintf(base, sizeof(base), "%s", name);
	for (i = 0; i < 2; i++) {
		size_t tail = strlen(endings[i]);

		if (len > tail && strcmp(base + len - tail, endings[i]) == 0)
			base[len - tail] = '\0';
	}
	snprintf(full, sizeof(full), "%s.zst", base);
	if (unpack_again(queue, full, base) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	snprintf(full, sizeof(full), "%s.batch", base);
	return queue_move(queue, QUEUE_BAD, full, QUEUE_NEW, base);
}
