/* spool-prune - remove loaded and rejected batches that are old or too many */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "storage/shelf.h"

#define DAY INT64_C(86400000)
#define GIB (1L << 30)

/* What a state may hold: so long, and so many bytes in one queue. */
struct limits {
	int64_t age;
	long bytes;
};

struct opts {
	const char *spool, *client;
	struct limits done, bad;
	int64_t cache;
	int dry_run, verbose;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'k', "client", "CLIENT", "only this client's queues", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "done", "TIME", "keep loaded batches so long (default 30d)",
	  CLI_DURATION, offsetof(struct opts, done.age) },
	{ 0, "bad", "TIME", "keep rejected ones so long (default 180d)",
	  CLI_DURATION, offsetof(struct opts, bad.age) },
	{ 0, "done-size", "BYTES", "at most so much in done/ (10 GiB)",
	  CLI_NUMBER, offsetof(struct opts, done.bytes) },
	{ 0, "bad-size", "BYTES", "at most so much in bad/ (1 GiB)", CLI_NUMBER,
	  offsetof(struct opts, bad.bytes) },
	{ 0, "cache", "TIME", "keep unused answers and figures so long (90d)",
	  CLI_DURATION, offsetof(struct opts, cache) },
	{ 'n', "dry-run", NULL, "print what would go, remove nothing", CLI_FLAG,
	  offsetof(struct opts, dry_run) },
	{ 'v', "verbose", NULL, "print what goes", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	"spool-prune",
	"remove loaded and rejected batches that are old or too many",
	"[QUEUE]",
	0,
	1,
	options,
	"  spool-prune --done 90d --dry-run\n",
	NULL
};

static bool
is_same_folder(const struct shelf_item *a, const struct shelf_item *b)
{
	return a->state == b->state && strcmp(a->client, b->client) == 0 &&
	       strcmp(a->queue, b->queue) == 0;
}

static void
remove_one(const struct opts *opts, const struct shelf_item *item)
{
	if (opts->dry_run > 0 || opts->verbose > 0)
		printf("%s\n", item->path);
	if (opts->dry_run == 0 && unlink(item->path) != 0 && errno != ENOENT)
		msg_die(EX_IOERR, "cannot remove '%s': %s", item->path,
			strerror(errno));
}

/* The items of one state of one queue, the oldest first: they go while they
 * are too old or what is left is too much. */
static void
prune_folder(const struct opts *opts, const struct shelf_item *items,
	     size_t count, const struct limits *limits)
{
	int64_t now = clock_now(), bytes = 0;
	size_t i;

	for (i = 0; i < count; i++)
		bytes += items[i].bytes;
	for (i = 0; i < count; i++) {
		if (now - items[i].at <= limits->age && bytes <= limits->bytes)
			continue;
		remove_one(opts, &items[i]);
		bytes -= items[i].bytes;
	}
}

static void
prune(const struct opts *opts, const struct shelf *shelf)
{
	size_t i, end;

	for (i = 0; i < shelf->count; i = end) {
		const struct shelf_item *first = &shelf->items[i];

		for (end = i + 1; end < shelf->count; end++)
			if (!is_same_folder(first, &shelf->items[end]))
				break;
		if (first->state == QUEUE_DONE)
			prune_folder(opts, first, end - i, &opts->done);
		else if (first->state == QUEUE_BAD)
			prune_folder(opts, first, end - i, &opts->bad);
	}
}

/* A folder in another one, and what it is called for people. */
struct folder {
	int fd;
	const char *path;
};

static int
open_folder(int above, const char *name)
{
	return above < 0 ? -1
			 : openat(above, name,
				  O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					  O_CLOEXEC);
}

static void
remove_old(const struct opts *opts, const struct folder *folder)
{
	int64_t before = clock_now() - opts->cache;
	int fd = folder->fd < 0 ? -1 : dup(folder->fd);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode) || st.st_mtim.tv_sec * 1000 >= before)
			continue;
		if (opts->dry_run > 0 || opts->verbose > 0)
			printf("%s/%s\n", folder->path, entry->d_name);
		if (opts->dry_run == 0 && unlinkat(fd, entry->d_name, 0) != 0 &&
		    errno != ENOENT)
			msg_die(EX_IOERR, "cannot remove '%s/%s': %s",
				folder->path, entry->d_name, strerror(errno));
	}
	if (dir != NULL)
		closedir(dir);
}

/* The fetchers touch an answer whenever they use it, and bound them all by
 * size; a figure is written anew when it no longer holds.  Here go those that
 * nobody asks for any more. */
static void
prune_cache(const struct opts *opts)
{
	char *path = opts->spool != NULL ? msg_strdup(opts->spool)
					 : home_path("spool");
	char *answers = msg_text("%s/cache", path);
	char *figures = msg_text("%s/cache/metrics", path);
	int spool = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct folder cache = { open_folder(spool, "cache"), answers };
	struct folder metrics = { open_folder(cache.fd, "metrics"), figures };

	remove_old(opts, &cache);
	remove_old(opts, &metrics);
	if (metrics.fd >= 0)
		close(metrics.fd);
	if (cache.fd >= 0)
		close(cache.fd);
	if (spool >= 0)
		close(spool);
	free(figures);
	free(answers);
	free(path);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .done = { 30 * DAY, 10 * GIB },
			     .bad = { 180 * DAY, GIB },
			     .cache = 90 * DAY };
	struct shelf shelf;

	argv = cli_parse(&cli, &opts, argc, argv);
	if (shelf_read(opts.spool, opts.client, argv[0], &shelf) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)),
			"cannot read the spool: %s", strerror(errno));
	prune(&opts, &shelf);
	shelf_free(&shelf);
	if (argv[0] == NULL && opts.client == NULL)
		prune_cache(&opts);
	msg_end_output();
	return EX_OK;
}
