#include "jobs/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CARD = 512 }; /* the content, always of this length: no torn reading */

static int
give_up(int fd)
{
	int error = errno;

	close(fd);
	errno = error == EACCES ? EAGAIN : error;
	return -1;
}

int
lock_take(const struct rooms *rooms, const char *name)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(rooms->lock, name,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			0600);

	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &whole) == 0)
		return fd;
	return give_up(fd);
}

int
lock_sign(int fd, const struct lock_holder *holder)
{
	char card[CARD + 1];
	int len = snprintf(card, sizeof(card),
			   "run=%s pid=%ld start=%" PRIu64 " boot=%s ",
			   holder->run, (long)holder->process.pid,
			   holder->process.start, holder->process.boot);

	if (len < 0 || len >= CARD) {
		errno = EINVAL;
		return -1;
	}
	memset(card + len, ' ', (size_t)(CARD - 1 - len));
	card[CARD - 1] = '\n';
	return pwrite(fd, card, CARD, 0) == CARD ? 0 : -1;
}

/* The value behind `key` in the card, up to the next blank. */
static bool
take(const char *card, const char *key, char *out, size_t size)
{
	const char *at = strstr(card, key);
	size_t len;

	if (at == NULL)
		return false;
	at += strlen(key);
	len = strcspn(at, " \n");
	if (len >= size || at[len] == '\0')
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

static bool
take_number(const char *card, const char *key, uint64_t *number)
{
	char text[24], *end;

	if (!take(card, key, text, sizeof(text)) || text[0] < '0' ||
	    text[0] > '9')
		return false;
	*number = strtoull(text, &end, 10);
	return *end == '\0';
}

static void
read_card(int fd, struct lock_holder *holder)
{
	struct lock_holder found = { 0 };
	char card[CARD + 1];
	uint64_t pid;
	ssize_t n = pread(fd, card, CARD, 0);

	*holder = (struct lock_holder){ 0 };
	if (n != CARD || memchr(card, '\0', CARD) != NULL)
		return;
	card[CARD] = '\0';
	if (strncmp(card, "run=", 4) != 0 ||
	    !take(card, "run=", found.run, sizeof(found.run)) ||
	    !take_number(card, " pid=", &pid) || pid > INT32_MAX ||
	    !take_number(card, " start=", &found.process.start) ||
	    !take(card, " boot=", found.process.boot, PROCESS_BOOT))
		return;
	found.process.pid = (pid_t)pid;
	*holder = found;
}

bool
lock_is_held(const struct rooms *rooms, const char *name,
	     struct lock_holder *holder)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(rooms->lock, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool held;

	if (holder != NULL)
		*holder = (struct lock_holder){ 0 };
	if (fd < 0) /* when it cannot be told, it is safer to wait */
		return rooms->lock >= 0 && errno != ENOENT;
	held = fcntl(fd, F_OFD_GETLK, &whole) != 0 || whole.l_type != F_UNLCK;
	if (holder != NULL)
		read_card(fd, holder);
	close(fd);
	return held;
}
