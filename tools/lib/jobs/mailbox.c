#include "jobs/mailbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/whole.h"

enum { PATH = 300 };

struct mailbox_mail {
	char id[COMMAND_ID];
	int control; /* ours */
	int watch;
};

/* "FOLDER/NAME" and what follows the name, below control. */
static void
below(const char *folder, const char *name, const char *end, char out[PATH])
{
	snprintf(out, PATH, "%s/%s%s", folder, name, end);
}

static int
open_folder(int control, const char *name)
{
	return openat(control, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int
sync_folder(int control, const char *name)
{
	int dir = open_folder(control, name);
	int failed, error;

	if (dir < 0)
		return -1;
	failed = atomic_sync_dir(dir);
	error = errno;
	close(dir);
	errno = error;
	return failed;
}

/* inotify knows paths only; this one cannot be moved away under us. */
static int
watch_folder(int watch, int control, const char *name, uint32_t mask)
{
	char path[PATH];
	int dir = open_folder(control, name), wd, error;

	if (dir < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	wd = inotify_add_watch(watch, path, mask | IN_ONLYDIR);
	error = errno;
	close(dir);
	errno = error;
	return wd < 0 ? -1 : 0;
}

void
mailbox_clear(int fd)
{
	char events[4096] __attribute__((aligned(8)));
	ssize_t n;

	do {
		n = read(fd, events, sizeof(events));
	} while (n > 0 || (n < 0 && errno == EINTR));
}

static bool
exists(int control, const char *folder, const char *id, const char *end)
{
	char path[PATH];
	struct stat st;

	below(folder, id, end, path);
	return fstatat(control, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

struct mailbox_mail *
mailbox_expect(const struct rooms *rooms, const char *id)
{
	struct mailbox_mail *mail;
	int error;

	if (!command_id_is_good(id)) {
		errno = EINVAL;
		return NULL;
	}
	mail = msg_calloc(1, sizeof(*mail));
	snprintf(mail->id, sizeof(mail->id), "%s", id);
	mail->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	mail->control = fcntl(rooms->control, F_DUPFD_CLOEXEC, 3);
	if (mail->watch >= 0 && mail->control >= 0 &&
	    watch_folder(mail->watch, mail->control, "done", IN_MOVED_TO) == 0)
		return mail;
	error = errno;
	mailbox_close(mail);
	errno = error;
	return NULL;
}

void
mailbox_close(struct mailbox_mail *mail)
{
	if (mail == NULL)
		return;
	if (mail->watch >= 0)
		close(mail->watch);
	if (mail->control >= 0)
		close(mail->control);
	free(mail);
}

int
mailbox_fd(const struct mailbox_mail *mail)
{
	return mail->watch;
}

static DIR *
list_folder(int control, const char *name)
{
	int fd = open_folder(control, name);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL && fd >= 0)
		whole_close(fd);
	return dir;
}

/* Counts the names of a folder, up to most; -1 with errno. */
static int
count_names(int control, const char *folder, int most)
{
	DIR *dir = list_folder(control, folder);
	struct dirent *entry;
	int count = 0;

	if (dir == NULL)
		return -1;
	while (count < most && (entry = readdir(dir)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return count;
}

static int
write_line(int fd, const struct command *command)
{
	struct jsonw w = { 0 };
	int failed;

	command_write(&w, command);
	w.text[w.len++] = '\n';
	if (w.len > COMMAND_SIZE) {
		jsonw_free(&w);
		errno = EMSGSIZE;
		return -1;
	}
	failed = whole_write(fd, w.text, w.len);
	jsonw_free(&w);
	return failed;
}

static int
write_file(int control, const char *path, const struct command *command)
{
	int fd = openat(control, path,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	bool failed;
	int error;

	if (fd < 0)
		return -1;
	failed = write_line(fd, command) != 0 || fsync(fd) != 0;
	error = errno;
	if (close(fd) != 0 && !failed)
		return -1;
	errno = error;
	return failed ? -1 : 0;
}

/* Writes it aside under a name of its own (two writers may have one id), then
 * links it into new/, which overwrites nothing. */
static int
publish(int control, const struct command *command)
{
	char own[COMMAND_ID], aside[PATH], public[PATH];
	int failed, error;

	command_make_id(own);
	below("tmp", own, "", aside);
	below("new", command->id, "", public);
	failed = write_file(control, aside, command);
	if (failed == 0)
		failed = linkat(control, aside, control, public, 0);
	error = errno;
	unlinkat(control, aside, 0);
	errno = error;
	return failed;
}

static int
send(struct mailbox_mail *mail, const struct command *command)
{
	int waiting = count_names(mail->control, "new", MAILBOX_FULL), error;

	if (waiting < 0)
		return -1;
	if (waiting >= MAILBOX_FULL) {
		errno = EAGAIN;
		return -1;
	}
	if (exists(mail->control, "cur", command->id, "") ||
	    exists(mail->control, "done", command->id, "")) {
		errno = EEXIST;
		return -1;
	}
	if (publish(mail->control, command) != 0)
		return -1;
	if (sync_folder(mail->control, "new") == 0)
		return 0;
	/* It may not survive a crash: take it back, unless it was taken. */
	error = errno;
	if (!mailbox_withdraw(mail))
		return 0;
	errno = error;
	return -1;
}

struct mailbox_mail *
mailbox_send(const struct rooms *rooms, const struct command *command)
{
	struct mailbox_mail *mail = mailbox_expect(rooms, command->id);
	int error;

	if (mail == NULL || send(mail, command) == 0)
		return mail;
	error = errno;
	mailbox_close(mail);
	errno = error;
	return NULL;
}

/* Reads a regular file of 1 to size bytes, following no link and never
 * waiting (a FIFO).  Its length, or -1 with errno. */
static ssize_t
read_file(int control, const char *path, char *bytes, size_t size)
{
	int fd = openat(control, path,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st = { 0 };
	ssize_t n = -1;
	int error;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EINVAL;
	else if (st.st_size > (off_t)size)
		error = EFBIG;
	else if (st.st_size == 0)
		error = ENODATA;
	else {
		n = pread(fd, bytes, size, 0);
		error = errno;
	}
	close(fd);
	errno = error;
	return n;
}

static enum mailbox_state
look(struct mailbox_mail *mail, struct command_answer *answer)
{
	char path[PATH], text[COMMAND_SIZE * 2];
	ssize_t n;

	below("done", mail->id, "", path);
	n = read_file(mail->control, path, text, sizeof(text));
	if (n > 0 && command_answer_read(text, (size_t)n, answer) == 0)
		return MAILBOX_ANSWERED;
	if (n >= 0 || errno != ENOENT) {
		errno = n >= 0 ? EBADMSG : errno;
		return MAILBOX_FAILED;
	}
	/* Somebody else with the same id may have taken it back. */
	if (exists(mail->control, "done", mail->id, ".withdrawn") &&
	    !exists(mail->control, "new", mail->id, "") &&
	    !exists(mail->control, "cur", mail->id, "") &&
	    !exists(mail->control, "done", mail->id, "")) {
		errno = ECANCELED;
		return MAILBOX_FAILED;
	}
	return MAILBOX_WAITING;
}

enum mailbox_state
mailbox_await(struct mailbox_mail *mail, int64_t wait_ms,
	      struct command_answer *answer)
{
	int64_t until = clock_monotonic() + wait_ms;

	for (;;) {
		struct pollfd ready = { .fd = mail->watch, .events = POLLIN };
		enum mailbox_state state;
		int64_t left;

		mailbox_clear(mail->watch);
		state = look(mail, answer);
		left = until - clock_monotonic();
		if (state != MAILBOX_WAITING || wait_ms == 0 || left <= 0)
			return state;
		if (poll(&ready, 1, left > INT32_MAX ? -1 : (int)left) < 0)
			return errno == EINTR ? MAILBOX_WAITING
					      : MAILBOX_FAILED;
	}
}

bool
mailbox_withdraw(struct mailbox_mail *mail)
{
	char public[PATH], path[PATH];

	below("new", mail->id, "", public);
	below("done", mail->id, ".withdrawn", path);
	/* Where no name can be made any more, one can still be removed. */
	if (renameat(mail->control, public, mail->control, path) != 0 &&
	    (errno == ENOENT || unlinkat(mail->control, public, 0) != 0))
		return false;
	sync_folder(mail->control, "done");
	sync_folder(mail->control, "new");
	return true;
}

int
mailbox_watch(const struct rooms *rooms)
{
	/* In control/ itself there is the latch alone. */
	static const uint32_t latch = IN_MODIFY | IN_ATTRIB | IN_CREATE |
				      IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), error;

	if (watch < 0)
		return -1;
	if (watch_folder(watch, rooms->control, "new",
			 IN_CREATE | IN_MOVED_TO) == 0 &&
	    watch_folder(watch, rooms->control, ".", latch) == 0)
		return watch;
	error = errno;
	close(watch);
	errno = error;
	return -1;
}

struct names {
	char **items;
	size_t count;
};

static int
in_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
names_free(struct names *names)
{
	while (names->count > 0)
		free(names->items[--names->count]);
	free(names->items);
}

static int
names_read(int control, const char *folder, struct names *names)
{
	DIR *dir = list_folder(control, folder);
	struct dirent *entry;

	*names = (struct names){ 0 };
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		names->items = msg_realloc(names->items,
					   (names->count + 1) * sizeof(char *));
		names->items[names->count++] = msg_strdup(entry->d_name);
	}
	closedir(dir);
	if (names->count > 0)
		qsort(names->items, names->count, sizeof(char *), in_order);
	return 0;
}

static int
answer_file(const struct rooms *rooms, const struct command_answer *answer)
{
	int64_t now = clock_now();
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
				     { .tv_sec = now / 1000 } };
	struct jsonw w = { 0 };
	int done = open_folder(rooms->control, "done"), failed, error;

	if (done < 0)
		return -1;
	command_answer_write(&w, answer);
	w.text[w.len++] = '\n';
	failed = atomic_replace(done, answer->id, w.text, w.len);
	error = errno;
	if (failed == 0) /* for mailbox_prune, by the clock of its caller */
		utimensat(done, answer->id, times, AT_SYMLINK_NOFOLLOW);
	jsonw_free(&w);
	close(done);
	errno = error;
	return failed;
}

int
mailbox_answer(const struct rooms *rooms, const struct command_answer *answer)
{
	char path[PATH];

	if (!command_id_is_good(answer->id)) {
		errno = EINVAL;
		return -1;
	}
	if (answer_file(rooms, answer) != 0)
		return -1;
	below("cur", answer->id, "", path);
	return unlinkat(rooms->control, path, 0) == 0 || errno == ENOENT ? 0
									 : -1;
}

static void
set_aside(const struct rooms *rooms, const char *path, const char *id)
{
	char to[PATH];

	below("done", id, ".bad", to);
	renameat(rooms->control, path, rooms->control, to);
}

/* Answers what could not be read, and keeps it for people to look at. */
static void
refuse(const struct rooms *rooms, const char *id, int status, const char *why)
{
	struct command_answer answer = { .status = status };
	char path[PATH];

	snprintf(answer.id, sizeof(answer.id), "%s", id);
	snprintf(answer.message, sizeof(answer.message), "%s", why);
	if (answer_file(rooms, &answer) != 0)
		return; /* the next scan tries again */
	below("cur", id, "", path);
	set_aside(rooms, path, id);
}

static const char *
unreadable(int error)
{
	switch (error) {
	case EFBIG:
		return "the command is longer than 4096 bytes";
	case ENODATA:
		return "the command's file is empty";
	case EINVAL:
	case ELOOP:
	case EISDIR:
	case ENXIO:
		return "the command is no regular file";
	default:
		return "the command's file cannot be read";
	}
}

/* Reads cur/ID.  False when it was answered here (status, reason). */
static bool
read_command(const struct rooms *rooms, const char *id, struct command *command)
{
	char path[PATH], text[COMMAND_SIZE], message[COMMAND_TEXT];
	const char *why = NULL;
	ssize_t n;

	below("cur", id, "", path);
	n = read_file(rooms->control, path, text, sizeof(text));
	if (n < 0 && errno == ENOENT)
		return false;
	if (n < 0) {
		refuse(rooms, id, 400, unreadable(errno));
	} else if (command_read(text, (size_t)n, command, &why) != 0) {
		snprintf(message, sizeof(message), "no command: %s", why);
		refuse(rooms, id, 400, message);
	} else if (strcmp(command->id, id) != 0) {
		refuse(rooms, id, 400, "no command: its id is not its name");
	} else if (command->role < command_role(command)) {
		snprintf(message, sizeof(message), "'%s' needs the role %s",
			 command_name(command->verb),
			 command_role_name(command_role(command)));
		refuse(rooms, id, 403, message);
	} else {
		return true;
	}
	return false;
}

struct scan {
	const struct rooms *rooms;
	bool (*take)(void *arg, const struct command *command);
	void *arg;
};

/* False: the leader cannot take any more now. */
static bool
hand_over(const struct scan *scan, const char *id)
{
	struct command command;

	return !read_command(scan->rooms, id, &command) ||
	       scan->take(scan->arg, &command);
}

static bool
scan_claimed(const struct scan *scan, const struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		char path[PATH], fresh[COMMAND_ID];

		if (command_id_is_good(names->items[i])) {
			if (!hand_over(scan, names->items[i]))
				return false;
			continue;
		}
		command_make_id(fresh);
		below("cur", names->items[i], "", path);
		set_aside(scan->rooms, path, fresh);
	}
	return true;
}

enum claim { CLAIMED, GONE, ASIDE };

static enum claim
claim(const struct rooms *rooms, const char *name)
{
	char path[PATH], to[PATH], fresh[COMMAND_ID];

	below("new", name, "", path);
	if (!command_id_is_good(name)) {
		command_make_id(fresh);
		set_aside(rooms, path, fresh);
		return ASIDE;
	}
	below("cur", name, "", to);
	if (renameat(rooms->control, path, rooms->control, to) == 0)
		return CLAIMED;
	return GONE;
}

/* How many were claimed or set aside. */
static int
scan_new(const struct scan *scan, const struct names *names, size_t most)
{
	size_t i;
	int handled = 0;

	for (i = 0; i < names->count && (size_t)handled < most; i++) {
		enum claim claimed = claim(scan->rooms, names->items[i]);

		handled += claimed != GONE;
		if (claimed == CLAIMED && !hand_over(scan, names->items[i]))
			break;
	}
	return handled;
}

int
mailbox_scan(const struct rooms *rooms, size_t most,
	     bool (*take)(void *arg, const struct command *command), void *arg)
{
	struct scan scan = { rooms, take, arg };
	struct names names;
	int handled = 0;
	bool more;

	if (names_read(rooms->control, "cur", &names) != 0)
		return -1;
	more = scan_claimed(&scan, &names);
	names_free(&names);
	if (!more)
		return 0;
	if (names_read(rooms->control, "new", &names) != 0)
		return -1;
	handled = scan_new(&scan, &names, most);
	names_free(&names);
	return handled;
}

/* Removes the files of a folder that are older than before. */
static int
prune(int control, const char *folder, int64_t before)
{
	struct names names;
	size_t i;

	if (names_read(control, folder, &names) != 0)
		return -1;
	for (i = 0; i < names.count; i++) {
		char path[PATH];
		struct stat st;

		below(folder, names.items[i], "", path);
		if (fstatat(control, path, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    st.st_mtim.tv_sec * 1000 >= before)
			continue;
		unlinkat(control, path, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	}
	names_free(&names);
	return 0;
}

int
mailbox_prune(const struct rooms *rooms, int64_t before)
{
	int done = prune(rooms->control, "done", before);

	return prune(rooms->control, "tmp", before) == 0 ? done : -1;
}
