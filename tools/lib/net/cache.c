#include "net/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"

/* The first line of a file; another version counts as absent. */
static const char magic[] = "pulse-cache 1\n";

enum {
	HEAD_MOST = 16384,
	NAME_SIZE = CRYPTO_HEX + 24,
	LEFT_BEHIND = 3600 /* seconds after which a .KEY.PID is swept */
};

struct cache {
	int dir;
	int64_t bound, bytes;
	bool broken;
};

struct file { /* one entry of the folder, for choosing what goes */
	char name[CRYPTO_HEX];
	int64_t size;
	struct timespec used;
};

struct files {
	struct file *items;
	size_t count, size;
};

static bool
is_key(const char *name)
{
	return strlen(name) == CRYPTO_HEX - 1 &&
	       strspn(name, "0123456789abcdef") == CRYPTO_HEX - 1;
}

static int
make_folders(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(path, 0700) != 0 && errno != EEXIST ? -1 : 0;
}

static void
add_file(struct files *files, const char *name, const struct stat *status)
{
	struct file *file;

	if (files->count == files->size) {
		files->size = files->size * 2 + 64;
		files->items = msg_realloc(files->items,
					   files->size * sizeof(*files->items));
	}
	file = &files->items[files->count++];
	memcpy(file->name, name, CRYPTO_HEX);
	file->size = status->st_size;
	file->used = status->st_mtim;
}

static void
sweep(int dir, const char *name, const struct stat *status)
{
	if (name[0] == '.' && S_ISREG(status->st_mode) &&
	    status->st_mtim.tv_sec < time(NULL) - LEFT_BEHIND)
		unlinkat(dir, name, 0);
}

/* What is there now, and its bytes; sweeps what a crash has left. */
static int
scan(struct cache *cache, struct files *files)
{
	int fd = openat(cache->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat status;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	cache->bytes = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (fstatat(cache->dir, entry->d_name, &status,
			    AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (!is_key(entry->d_name)) {
			sweep(cache->dir, entry->d_name, &status);
			continue;
		}
		cache->bytes += status.st_size;
		if (files != NULL)
			add_file(files, entry->d_name, &status);
	}
	closedir(dir);
	return 0;
}

static char *
complain(const char *dir, const char *reason)
{
	size_t size = strlen(dir) + strlen(reason) + 32;
	char *why = msg_calloc(size, 1);

	snprintf(why, size, "its cache '%s': %s", dir, reason);
	return why;
}

struct cache *
cache_open(const char *dir, int64_t bytes, char **why)
{
	struct cache *cache = msg_calloc(1, sizeof(*cache));
	char *path = msg_strdup(dir);
	struct stat status;

	cache->bound = bytes;
	cache->dir = -1;
	if (make_folders(path) == 0)
		cache->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	if (cache->dir < 0 || fstat(cache->dir, &status) != 0 ||
	    scan(cache, NULL) != 0) {
		*why = complain(dir, strerror(errno));
	} else if (status.st_uid != geteuid() && geteuid() != 0) {
		*why = complain(dir, "it belongs to somebody else");
	} else if ((status.st_mode & S_IWOTH) != 0) {
		*why = complain(dir, "everybody may write there");
	} else {
		return cache;
	}
	cache_close(cache);
	return NULL;
}

void
cache_close(struct cache *cache)
{
	if (cache == NULL)
		return;
	if (cache->dir >= 0)
		close(cache->dir);
	free(cache);
}

void
cache_key(const char *identity, const char *url, const char *post,
	  char key[CRYPTO_HEX])
{
	const struct crypto_part parts[] = {
		{ identity, strlen(identity) },
		{ "\n", 1 },
		{ url, strlen(url) },
		{ "\n", 1 },
		{ post == NULL ? "" : post, post == NULL ? 0 : strlen(post) },
	};

	crypto_sha256_hex(parts, sizeof(parts) / sizeof(parts[0]), key);
}

/* The value of `name VALUE\n` in a head, allocated, or NULL. */
static char *
head_value(const char *head, const char *name)
{
	size_t len = strlen(name), size;
	const char *line = head;
	char *value;

	while ((line = strchr(line, '\n')) != NULL) {
		line++;
		if (strncmp(line, name, len) != 0 || line[len] != ' ')
			continue;
		line += len + 1;
		size = strcspn(line, "\n");
		value = msg_calloc(size + 1, 1);
		memcpy(value, line, size);
		return value;
	}
	return NULL;
}

static int64_t
head_number(const char *head, const char *name)
{
	char *text = head_value(head, name);
	int64_t number = -1;

	if (text != NULL)
		number = strtoll(text, NULL, 10);
	free(text);
	return number;
}

/* Reads the head; the file stands at its body afterwards. */
static bool
read_head(FILE *in, char head[HEAD_MOST])
{
	size_t len = 0;
	char *line;

	do {
		line = head + len;
		if (fgets(line, (int)(HEAD_MOST - len), in) == NULL)
			return false;
		len += strlen(line);
	} while (strcmp(line, "\n") != 0 && len < HEAD_MOST - 1);
	return strcmp(line, "\n") == 0 &&
	       strncmp(head, magic, sizeof(magic) - 1) == 0;
}

static bool
digest_is(const char *body, size_t len, const char *head)
{
	const struct crypto_part part = { body, len };
	char *told = head_value(head, "sha256");
	char digest[CRYPTO_HEX];
	bool same;

	crypto_sha256_hex(&part, 1, digest);
	same = told != NULL && strcmp(told, digest) == 0;
	free(told);
	return same;
}

static bool
read_body(FILE *in, const char *head, struct cache_entry *entry)
{
	int64_t len = head_number(head, "length");
	struct stat status;

	if (len < 0 || fstat(fileno(in), &status) != 0 || len > status.st_size)
		return false;
	entry->len = (size_t)len;
	entry->body = msg_calloc(entry->len + 1, 1);
	if (fread(entry->body, 1, entry->len, in) == entry->len &&
	    digest_is(entry->body, entry->len, head))
		return true;
	free(entry->body);
	entry->body = NULL;
	return false;
}

static FILE *
open_entry(const struct cache *cache, const char *key)
{
	int fd = openat(cache->dir, key, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");

	if (in == NULL && fd >= 0)
		close(fd);
	return in;
}

static bool
get(const struct cache *cache, const char *key, struct cache_entry *entry,
    bool whole)
{
	FILE *in = open_entry(cache, key);
	char head[HEAD_MOST];
	bool found = false;

	memset(entry, 0, sizeof(*entry));
	if (in == NULL)
		return false;
	if (read_head(in, head) && (!whole || read_body(in, head, entry))) {
		entry->etag = head_value(head, "etag");
		entry->modified = head_value(head, "modified");
		entry->next = head_value(head, "next");
		entry->at = head_number(head, "at");
		found = true;
	}
	if (found && whole)
		futimens(fileno(in), NULL);
	fclose(in);
	return found;
}

bool
cache_peek(struct cache *cache, const char *key, struct cache_entry *entry)
{
	return get(cache, key, entry, false);
}

bool
cache_read(struct cache *cache, const char *key, struct cache_entry *entry)
{
	return get(cache, key, entry, true);
}

void
cache_forget(struct cache_entry *entry)
{
	free(entry->etag);
	free(entry->modified);
	free(entry->next);
	free(entry->body);
	memset(entry, 0, sizeof(*entry));
}

static int
by_use(const void *a, const void *b)
{
	const struct timespec *x = &((const struct file *)a)->used;
	const struct timespec *y = &((const struct file *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Down to nine tenths, so that not every write has to look. */
static void
drop_oldest(struct cache *cache)
{
	struct files files = { 0 };
	size_t i;

	if (scan(cache, &files) == 0) {
		if (files.count > 0)
			qsort(files.items, files.count, sizeof(*files.items),
			      by_use);
		for (i = 0;
		     i < files.count && cache->bytes > cache->bound / 10 * 9;
		     i++) {
			unlinkat(cache->dir, files.items[i].name, 0);
			cache->bytes -= files.items[i].size;
		}
	}
	free(files.items);
}

static void
print_head(FILE *out, const struct cache_entry *entry)
{
	const struct crypto_part part = { entry->body, entry->len };
	char digest[CRYPTO_HEX];

	crypto_sha256_hex(&part, 1, digest);
	fputs(magic, out);
	if (entry->etag != NULL)
		fprintf(out, "etag %s\n", entry->etag);
	if (entry->modified != NULL)
		fprintf(out, "modified %s\n", entry->modified);
	if (entry->next != NULL)
		fprintf(out, "next %s\n", entry->next);
	fprintf(out, "at %lld\nsha256 %s\nlength %zu\n\n", (long long)entry->at,
		digest, entry->len);
}

static int
write_entry(const struct cache *cache, const char *name,
	    const struct cache_entry *entry)
{
	int fd = openat(cache->dir, name,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	int failed;

	if (out == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	print_head(out, entry);
	fwrite(entry->body, 1, entry->len, out);
	failed = ferror(out);
	return fclose(out) != 0 || failed ? -1 : 0;
}

/* A line break in a value would end its line: such an answer is not kept. */
static bool
fits_lines(const struct cache_entry *entry)
{
	const char *const values[] = { entry->etag, entry->modified,
				       entry->next };
	size_t i, len = 0;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i] == NULL)
			continue;
		if (strpbrk(values[i], "\r\n") != NULL)
			return false;
		len += strlen(values[i]);
	}
	return len < HEAD_MOST / 2;
}

int
cache_write(struct cache *cache, const char *key,
	    const struct cache_entry *entry)
{
	char name[NAME_SIZE];
	struct stat old;
	int64_t before = 0;
	int saved;

	if (cache->broken || !fits_lines(entry) ||
	    (int64_t)entry->len > cache->bound / 4)
		return 0;
	snprintf(name, sizeof(name), ".%s.%ld", key, (long)getpid());
	if (fstatat(cache->dir, key, &old, AT_SYMLINK_NOFOLLOW) == 0)
		before = old.st_size;
	if (write_entry(cache, name, entry) != 0 ||
	    renameat(cache->dir, name, cache->dir, key) != 0) {
		saved = errno;
		unlinkat(cache->dir, name, 0);
		cache->broken = true;
		errno = saved;
		return -1;
	}
	cache->bytes += (int64_t)entry->len + 512 - before;
	if (cache->bytes > cache->bound)
		drop_oldest(cache);
	return 0;
}
