#include "guard/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/whole.h"
#include "guard/bearer.h"

static const char file_name[] = "audit.ndjson", older[] = "audit.ndjson.1";

struct audit {
	const struct rooms *rooms;
	int fd;
};

struct audit *
audit_open(const struct rooms *rooms)
{
	struct audit *audit = msg_calloc(1, sizeof(*audit));

	audit->rooms = rooms;
	audit->fd = -1;
	return audit;
}

static void
shut(struct audit *audit)
{
	if (audit->fd >= 0)
		close(audit->fd);
	audit->fd = -1;
}

void
audit_close(struct audit *audit)
{
	if (audit == NULL)
		return;
	shut(audit);
	free(audit);
}

/* --- the file ------------------------------------------------------------- */

/* A file of ours that nobody else can read or write. */
static int
look_at(int fd, struct stat *st)
{
	if (fstat(fd, st) != 0)
		return -1;
	if (!S_ISREG(st->st_mode) || st->st_nlink > 1) {
		errno = EPERM;
		return -1;
	}
	return (st->st_mode & 077) == 0 ? 0 : fchmod(fd, 0600);
}

/* As open_file would find it; whoever runs pulse-web is the spool's owner, or
 * becomes him. */
const char *
audit_obstacle(const struct rooms *rooms)
{
	struct stat st, spool;
	const char *name = file_name;

	if (fstat(rooms->spool, &spool) != 0)
		return strerror(errno);
	if (fstatat(rooms->spool, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT)
			return strerror(errno);
		name = ".";
		st = spool;
	} else if (!S_ISREG(st.st_mode)) {
		return S_ISLNK(st.st_mode) ? "it is a link" : "it is no file";
	} else if (st.st_nlink > 1) {
		return "it has another name as well";
	}
	if (st.st_uid != spool.st_uid)
		return "it belongs to somebody else than the spool";
	if (spool.st_uid != 0 && (st.st_mode & 0600) != 0600)
		return strerror(EACCES); /* root would not feel it */
	return faccessat(rooms->spool, name, R_OK | W_OK, AT_EACCESS) == 0
		       ? NULL
		       : strerror(errno);
}

static int
open_file(struct audit *audit)
{
	struct stat st;

	audit->fd = openat(audit->rooms->spool, file_name,
			   O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW |
				   O_NONBLOCK | O_CLOEXEC,
			   0600);
	if (audit->fd < 0)
		return -1;
	if (look_at(audit->fd, &st) == 0 &&
	    (st.st_size > 0 || atomic_sync_dir(audit->rooms->spool) == 0))
		return 0;
	whole_close(audit->fd);
	audit->fd = -1;
	return -1;
}

/* Is what we hold still what the name stands for? */
static bool
is_current(const struct audit *audit, struct stat *st)
{
	struct stat named;

	return audit->fd >= 0 && fstat(audit->fd, st) == 0 &&
	       fstatat(audit->rooms->spool, file_name, &named,
		       AT_SYMLINK_NOFOLLOW) == 0 &&
	       named.st_dev == st->st_dev && named.st_ino == st->st_ino;
}

static int
hold(struct audit *audit, struct stat *st)
{
	if (is_current(audit, st))
		return 0;
	shut(audit);
	return open_file(audit) == 0 ? fstat(audit->fd, st) : -1;
}

/* Under a lock on the file itself: another pulse-web of this spool must not
 * rename what has just been begun. */
static int
rotate(struct audit *audit, struct stat *st)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(audit->fd, F_OFD_SETLK, &whole) != 0)
		return 0; /* the other one does it */
	if (is_current(audit, st) && renameat(audit->rooms->spool, file_name,
					      audit->rooms->spool, older) != 0)
		return -1;
	return hold(audit, st);
}

/* Did a crash or a full disk leave half a line? */
static bool
is_torn(const struct audit *audit, const struct stat *st)
{
	char last;

	return st->st_size > 0 &&
	       (pread(audit->fd, &last, 1, st->st_size - 1) != 1 ||
		last != '\n');
}

/* text has a newline in front, for where it is needed, and one behind. */
static int
append(struct audit *audit, const char *text, size_t len)
{
	struct stat st;
	bool torn;

	if (hold(audit, &st) != 0)
		return -1;
	if (st.st_size + (off_t)len > AUDIT_LARGEST && rotate(audit, &st) != 0)
		return -1;
	torn = is_torn(audit, &st);
	if (whole_write(audit->fd, torn ? text : text + 1,
			torn ? len : len - 1) != 0)
		return -1;
	return fdatasync(audit->fd);
}

/* --- the line ------------------------------------------------------------- */

static void
put(struct jsonw *w, const char *key, const char *text)
{
	char *copy = text != NULL ? msg_strdup(text) : NULL;

	if (copy != NULL)
		bearer_hide(copy);
	jsonw_put_string(w, key, copy);
	free(copy);
}

static void
write_entry(struct jsonw *w, const struct audit_entry *entry)
{
	const struct access_who *who = entry->who;

	jsonw_open(w, '{');
	jsonw_key(w, "at");
	jsonw_time(w, entry->now);
	put(w, "request", entry->request);
	put(w, "who", who->known ? who->name : NULL);
	put(w, "role", who->known ? command_role_name(who->role) : NULL);
	put(w, "from", who->from);
	put(w, "method", entry->method);
	put(w, "path", entry->path);
	put(w, "job", entry->job);
	jsonw_key(w, "client");
	if (entry->client >= 0)
		jsonw_int(w, entry->client);
	else
		jsonw_null(w);
	put(w, "detail", entry->detail);
	jsonw_put_int(w, "result", entry->status);
	put(w, "message", entry->message);
	jsonw_close(w, '}');
}

int
audit_write(struct audit *audit, const struct audit_entry *entry)
{
	struct jsonw w = { 0 };
	char *text;
	int failed, error;

	write_entry(&w, entry);
	text = msg_text("\n%s\n", w.text);
	failed = append(audit, text, strlen(text));
	error = errno;
	free(text);
	jsonw_free(&w);
	errno = error;
	return failed ? -1 : 0;
}
