/* Unit cases of net/cache, on a real folder. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/cache.h"

static int
check(int truth, const char *what)
{
	if (!truth)
		printf("cache: %s\n", what);
	return truth ? 0 : 1;
}

static void
key_of(int n, char key[CRYPTO_HEX])
{
	char url[32];

	snprintf(url, sizeof(url), "/x?page=%d", n);
	cache_key("me", url, NULL, key);
}

static int
put(struct cache *cache, int n, const char *body, size_t len)
{
	struct cache_entry entry = { .etag = (char *)"W/\"e\"",
				     .next = (char *)"https://a/2",
				     .at = 5,
				     .body = (char *)body,
				     .len = len };
	char key[CRYPTO_HEX];

	key_of(n, key);
	return cache_write(cache, key, &entry);
}

static int
keys_differ(void)
{
	char a[CRYPTO_HEX], b[CRYPTO_HEX];
	int failed = 0;

	cache_key("me", "/x", NULL, a);
	cache_key("you", "/x", NULL, b);
	failed += check(strcmp(a, b) != 0, "two tokens share an answer");
	cache_key("me", "/x", "{}", b);
	failed += check(strcmp(a, b) != 0, "two bodies share an answer");
	cache_key("me", "/y", NULL, b);
	failed += check(strcmp(a, b) != 0, "two URLs share an answer");
	failed += check(strspn(a, "0123456789abcdef") == 64, "hex only");
	return failed;
}

static int
round_trip(struct cache *cache)
{
	struct cache_entry entry;
	char key[CRYPTO_HEX];
	int failed = 0;

	key_of(1, key);
	failed += check(!cache_read(cache, key, &entry), "nothing is there");
	failed += check(put(cache, 1, "[1,\0 2]", 7) == 0, "it is written");
	failed += check(cache_peek(cache, key, &entry) &&
				strcmp(entry.etag, "W/\"e\"") == 0 &&
				entry.modified == NULL && entry.body == NULL,
			"the head");
	cache_forget(&entry);
	failed += check(cache_read(cache, key, &entry) && entry.len == 7 &&
				memcmp(entry.body, "[1,\0 2]", 8) == 0 &&
				strcmp(entry.next, "https://a/2") == 0 &&
				entry.at == 5,
			"all of it");
	cache_forget(&entry);
	return failed;
}

/* A torn or changed file counts as absent. */
static int
damage(struct cache *cache, int dir)
{
	struct cache_entry entry;
	char key[CRYPTO_HEX];
	struct stat status;
	int failed = 0, fd;
	off_t cut;

	key_of(2, key);
	put(cache, 2, "[1,2,3,4,5,6,7,8]", 17);
	fstatat(dir, key, &status, 0);
	for (cut = status.st_size - 1; cut >= 0; cut--) {
		fd = openat(dir, key, O_WRONLY);
		failed += check(ftruncate(fd, cut) == 0, "cut");
		close(fd);
		failed += check(!cache_read(cache, key, &entry),
				"a cut file was believed");
	}
	put(cache, 2, "[1,2,3,4,5,6,7,8]", 17);
	fd = openat(dir, key, O_WRONLY);
	failed += check(pwrite(fd, "9", 1, status.st_size - 2) == 1, "change");
	close(fd);
	failed += check(!cache_read(cache, key, &entry),
			"a changed file was believed");
	return failed;
}

static int64_t
bytes_in(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat status;
	int64_t bytes = 0;

	while ((entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &status, 0) == 0 &&
		    S_ISREG(status.st_mode))
			bytes += status.st_size;
	closedir(dir);
	return bytes;
}

/* Entry i was used i seconds after the epoch. */
static void
age(int dir, int n)
{
	const struct timespec times[2] = { { n, 0 }, { n, 0 } };
	char key[CRYPTO_HEX];

	key_of(n, key);
	utimensat(dir, key, times, 0);
}

static int
bound(struct cache *cache, const char *path, int dir)
{
	static char body[10000];
	struct cache_entry entry;
	char key[CRYPTO_HEX];
	int failed = 0, i;

	memset(body, ' ', sizeof(body));
	for (i = 10; i < 60; i++) {
		failed += check(put(cache, i, body, sizeof(body)) == 0, "put");
		age(dir, i);
	}
	failed += check(bytes_in(path) <= 100000, "it grows beyond its bound");
	key_of(59, key);
	failed += check(cache_peek(cache, key, &entry), "the newest went");
	cache_forget(&entry);
	key_of(10, key);
	failed += check(!cache_peek(cache, key, &entry), "the oldest stayed");
	failed += check(put(cache, 99, body, 60000) == 0, "too large");
	key_of(99, key);
	failed += check(!cache_peek(cache, key, &entry),
			"one answer takes most of the room");
	return failed;
}

/* A link in the place of an entry is not followed. */
static int
links(struct cache *cache, int dir)
{
	struct cache_entry entry;
	char key[CRYPTO_HEX], other[CRYPTO_HEX];
	int failed = 0;

	put(cache, 3, "[]", 2);
	key_of(3, key);
	key_of(4, other);
	failed += check(symlinkat(key, dir, other) == 0, "link");
	failed += check(!cache_peek(cache, other, &entry), "it was followed");
	return failed;
}

static void
remove_all(const char *path, int dir)
{
	DIR *entries = opendir(path);
	struct dirent *entry;

	while ((entry = readdir(entries)) != NULL)
		unlinkat(dir, entry->d_name, 0);
	closedir(entries);
	rmdir(path);
}

int
main(void)
{
	char path[] = "/tmp/pulse-cache-XXXXXX";
	char *why = NULL;
	struct cache *cache;
	int failed, dir;

	if (mkdtemp(path) == NULL)
		return 1;
	cache = cache_open(path, 100000, &why);
	dir = open(path, O_RDONLY | O_DIRECTORY);
	failed = check(cache != NULL && dir >= 0, "open");
	if (failed == 0)
		failed = keys_differ() + round_trip(cache) +
			 damage(cache, dir) + links(cache, dir) +
			 bound(cache, path, dir);
	cache_close(cache);
	chmod(path, 0777);
	failed += check(cache_open(path, 1000, &why) == NULL &&
				strstr(why, "everybody") != NULL,
			"a folder that everybody may write to");
	free(why);
	failed += check(cache_open("/dev/null/x", 1000, &why) == NULL,
			"no folder");
	free(why);
	remove_all(path, dir);
	close(dir);
	return failed > 0;
}
