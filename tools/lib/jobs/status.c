#include "jobs/status.h"

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
#include "base/times.h"
#include "base/utf8.h"

/* Room for a line with every text escaped. */
enum { LINE = 8192, READERS_GONE = 2 /* s */ };

enum sort { TEXT, INT, TIME, TRUTH, STATE, REASON, WANT, RESULT, TIER };

struct key {
	const char *name;
	enum sort sort;
	size_t where, size;
};

#define AT(member) offsetof(struct status, member)
#define SIZE(member) sizeof(((struct status *)NULL)->member)

static const struct key keys[] = {
	{ "job", TEXT, AT(job), SIZE(job) },
	{ "client", INT, AT(client), 0 },
	{ "state", STATE, AT(state), 0 },
	{ "reason", REASON, AT(reason), 0 },
	{ "want", WANT, AT(want), 0 },
	{ "at", TIME, AT(at), 0 },
	{ "run", TEXT, AT(run), SIZE(run) },
	{ "attempt", INT, AT(attempt), 0 },
	{ "since", TIME, AT(since), 0 },
	{ "last", RESULT, AT(last), 0 },
	{ "last_end", TIME, AT(last_end), 0 },
	{ "last_success", TIME, AT(last_success), 0 },
	{ "next", TIME, AT(next), 0 },
	{ "next_due", TIME, AT(next_due), 0 },
	{ "tier", TIER, AT(tier), 0 },
	{ "retries", INT, AT(retries), 0 },
	{ "missed", INT, AT(missed), 0 },
	{ "waits_for", TEXT, AT(whom), SIZE(whom) },
	{ "disabled", TRUTH, AT(disabled), 0 },
	{ "epoch", INT, AT(epoch), 0 },
	{ "seq", INT, AT(seq), 0 },
	{ "class", TEXT, AT(class), SIZE(class) },
	{ "error", TEXT, AT(error), SIZE(error) },
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("=\"\\", *text))
			return false;
	return true;
}

static void
put_text(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), n;

	if (is_plain(text)) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; left > 0; s += n, left -= n) {
		n = *s == '=' ? 0 : utf8_shown(s, left);
		if (n == 0)
			fprintf(out, "\\x%02x", *s);
		else if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else
			fwrite(s, 1, n, out);
		n += n == 0;
	}
	fputc('"', out);
}

static void
put_time(int64_t ms, char text[TIMES_SIZE])
{
	if (ms % 1000 == 0)
		times_format_seconds(ms, text);
	else
		times_format(ms, text);
}

static int64_t
int_at(const void *at)
{
	int64_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static const char *
word_at(enum sort sort, const void *at)
{
	int value;

	memcpy(&value, at, sizeof(value));
	switch (sort) {
	case STATE:
		return states_name((enum states_state)value);
	case REASON:
		return states_reason_name((enum states_reason)value);
	case WANT:
		return value == STATES_RUN
			       ? ""
			       : states_want_name((enum states_want)value);
	case RESULT:
		return states_result_name((enum states_result)value);
	default:
		return value == STATES_FAST
			       ? ""
			       : states_tier_name((enum states_tier)value);
	}
}

/* What the key is worth; "": nothing. */
static const char *
value_of(const struct key *key, const void *at, char room[TIMES_SIZE])
{
	*room = '\0';
	switch (key->sort) {
	case TEXT:
		return at;
	case INT:
		if (int_at(at) != 0 || key->where == AT(client))
			snprintf(room, TIMES_SIZE, "%lld",
				 (long long)int_at(at));
		return room;
	case TIME:
		if (int_at(at) != 0)
			put_time(int_at(at), room);
		return room;
	case TRUTH:
		return *(const bool *)at ? "yes" : "";
	default:
		return word_at(key->sort, at);
	}
}

char *
status_line(const struct status *status, size_t *len)
{
	char room[TIMES_SIZE], *line = NULL;
	FILE *out = open_memstream(&line, len);
	const struct key *key;

	if (out == NULL)
		msg_die(EX_OSERR, "out of memory");
	for (key = keys; key < keys + KEYS; key++) {
		const char *value =
			value_of(key, (const char *)status + key->where, room);

		if (*value == '\0')
			continue;
		fprintf(out, "%s%s=", key == keys ? "" : " ", key->name);
		put_text(out, value);
	}
	fputc('\n', out);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "out of memory");
	return line;
}

void
status_put(struct jsonw *w, const struct status *status)
{
	char room[TIMES_SIZE];
	const struct key *key;

	for (key = keys; key < keys + KEYS; key++) {
		const void *at = (const char *)status + key->where;
		const char *value = value_of(key, at, room);

		if (*value == '\0')
			continue;
		jsonw_key(w, key->name);
		if (key->sort == INT)
			jsonw_int(w, int_at(at));
		else if (key->sort == TRUTH)
			jsonw_bool(w, true);
		else
			jsonw_string(w, value);
	}
}

static int
write_whole(int fd, const char *line, size_t len)
{
	ssize_t n = write(fd, line, len);
	int error = n >= 0 && n != (ssize_t)len ? ENOSPC : errno;

	if (close(fd) == 0 && n == (ssize_t)len)
		return 0;
	if (n != (ssize_t)len)
		errno = error;
	return -1;
}

static void
name_beside(const char *name, char out[ROOMS_NAME + 8])
{
	snprintf(out, ROOMS_NAME + 8, ".%s", name);
}

/* What lies beside is the line before the last.  It is written over when it is
 * so old that nobody is still reading it: to make and delete a file at each
 * change is what a busy scheduler would spend most of its time with. */
static int
open_beside(const struct rooms *rooms, const char *beside)
{
	int fd = openat(rooms->status, beside,
			O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_nlink == 1 && time(NULL) - st.st_mtime >= READERS_GONE &&
	    ftruncate(fd, 0) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	unlinkat(rooms->status, beside, 0);
	return openat(rooms->status, beside,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
}

/* Changes the two names; the first time there is but one. */
static int
publish(const struct rooms *rooms, const char *beside, const char *name)
{
	if (renameat2(rooms->status, beside, rooms->status, name,
		      RENAME_EXCHANGE) == 0)
		return 0;
	return renameat(rooms->status, beside, rooms->status, name);
}

int
status_write(const struct rooms *rooms, const struct status *status)
{
	char name[ROOMS_NAME], beside[ROOMS_NAME + 8], *line;
	size_t len;
	int fd, failed, error;

	rooms_job(status->client, status->job, name);
	name_beside(name, beside);
	fd = open_beside(rooms, beside);
	if (fd < 0)
		return -1;
	line = status_line(status, &len);
	failed = write_whole(fd, line, len) != 0 ||
		 publish(rooms, beside, name) != 0;
	error = errno;
	free(line);
	if (failed)
		unlinkat(rooms->status, beside, 0);
	errno = error;
	return failed ? -1 : 0;
}

int
status_remove(const struct rooms *rooms, int64_t client, const char *job)
{
	char name[ROOMS_NAME], beside[ROOMS_NAME + 8];

	rooms_job(client, job, name);
	name_beside(name, beside);
	unlinkat(rooms->status, beside, 0);
	return unlinkat(rooms->status, name, 0) == 0 || errno == ENOENT ? 0
									: -1;
}

struct cursor {
	const char *at, *end;
};

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = c == '\0' ? NULL : strchr(digits, c);

	return digit == NULL ? -1 : (int)(digit - digits);
}

/* The byte behind a backslash, or -1. */
static int
take_escape(struct cursor *c)
{
	int high, low;

	if (c->at == c->end)
		return -1;
	if (*c->at == '"' || *c->at == '\\')
		return *c->at++;
	if (*c->at != 'x' || c->end - c->at < 3)
		return -1;
	high = hex(c->at[1]);
	low = hex(c->at[2]);
	c->at += 3;
	return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

static bool
take_quoted(struct cursor *c, char *out, size_t size)
{
	size_t len = 0;

	for (c->at++; c->at < c->end && *c->at != '"';) {
		int byte = (unsigned char)*c->at++;

		if (byte == '\\')
			byte = take_escape(c);
		else if (byte < ' ' || byte == 0x7f)
			return false;
		if (byte < 0 || len + 1 >= size)
			return false;
		out[len++] = (char)byte;
	}
	out[len] = '\0';
	return c->at < c->end && *c->at++ == '"';
}

/* Up to a blank, or up to stop. */
static bool
take_word(struct cursor *c, char stop, char *out, size_t size)
{
	size_t len = 0;

	while (c->at < c->end && *c->at != ' ' && *c->at != stop) {
		if (*c->at < ' ' || *c->at == '"' || len + 1 >= size)
			return false;
		out[len++] = *c->at++;
	}
	out[len] = '\0';
	return len > 0;
}

static bool
set_int(const char *text, void *at)
{
	long long number;
	int64_t value;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *text == ' ' ||
	    *text == '+')
		return false;
	value = number;
	memcpy(at, &value, sizeof(value));
	return true;
}

static bool
set_time(const char *text, void *at)
{
	int64_t ms;

	if (!times_parse(text, strlen(text), &ms))
		return false;
	memcpy(at, &ms, sizeof(ms));
	return true;
}

static bool
set_word(enum sort sort, const char *text, void *at)
{
	int value = sort == STATE    ? states_by_name(text)
		    : sort == REASON ? states_reason_by_name(text)
		    : sort == WANT   ? states_want_by_name(text)
		    : sort == RESULT ? states_result_by_name(text)
				     : states_tier_by_name(text);

	if (value < 0)
		return false;
	memcpy(at, &value, sizeof(value));
	return true;
}

static bool
set(const struct key *key, const char *text, struct status *status)
{
	void *at = (char *)status + key->where;

	switch (key->sort) {
	case TEXT:
		return snprintf(at, key->size, "%s", text) < (int)key->size;
	case INT:
		return set_int(text, at);
	case TIME:
		return set_time(text, at);
	case TRUTH:
		*(bool *)at = strcmp(text, "yes") == 0;
		return true;
	default:
		return set_word(key->sort, text, at);
	}
}

static bool
take_pair(struct cursor *c, struct status *status, bool *has_state)
{
	char name[64], value[LINE];
	size_t i;

	if (!take_word(c, '=', name, sizeof(name)) || c->at == c->end ||
	    *c->at++ != '=' || c->at == c->end)
		return false;
	if (*c->at == '"' ? !take_quoted(c, value, sizeof(value))
			  : !take_word(c, '=', value, sizeof(value)))
		return false;
	if (c->at < c->end && *c->at != ' ')
		return false;
	for (i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			break;
	if (i == KEYS)
		return true;
	*has_state = *has_state || keys[i].sort == STATE;
	return set(&keys[i], value, status);
}

bool
status_parse(const char *line, size_t len, struct status *status)
{
	struct cursor c = { line, line + len };
	bool has_state = false;

	memset(status, 0, sizeof(*status));
	if (len > 0 && line[len - 1] == '\n')
		c.end--;
	while (c.at < c.end) {
		if (*c.at == ' ')
			c.at++;
		else if (!take_pair(&c, status, &has_state))
			return false;
	}
	return has_state && names_is_job(status->job) && status->client >= 0;
}

struct file {
	int64_t client;
	char job[NAMES_SIZE];
};

static int
by_client_and_job(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	return strcmp(x->job, y->job);
}

/* The files of a folder in order; NULL with errno. */
static struct file *
list(int folder, size_t *count, size_t *damaged)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct file *files = msg_calloc(64, sizeof(*files));
	size_t room = 64;
	struct dirent *entry;

	*count = 0;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		free(files);
		return NULL;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (*count == room)
			files = msg_realloc(files,
					    (room *= 2) * sizeof(*files));
		if (rooms_parse_job(entry->d_name, &files[*count].client,
				    files[*count].job))
			++*count;
		else
			++*damaged;
	}
	closedir(dir);
	qsort(files, *count, sizeof(*files), by_client_and_job);
	return files;
}

int
status_read(const struct rooms *rooms, int64_t client, const char *job,
	    struct status *status)
{
	char name[ROOMS_NAME], line[LINE];
	ssize_t len;
	int fd;

	rooms_job(client, job, name);
	fd = openat(rooms->status, name,
		    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	len = read(fd, line, sizeof(line));
	close(fd);
	if (len <= 0 || len == (ssize_t)sizeof(line) || line[len - 1] != '\n' ||
	    !status_parse(line, (size_t)len, status))
		return -1;
	return status->client == client && strcmp(status->job, job) == 0 ? 1
									 : -1;
}

int
status_each(const struct rooms *rooms,
	    bool (*each)(void *arg, const struct status *status), void *arg,
	    size_t *damaged)
{
	struct status status;
	struct file *files;
	size_t count, i;
	int found;

	*damaged = 0;
	files = list(rooms->status, &count, damaged);
	if (files == NULL)
		return -1;
	for (i = 0; i < count; i++) {
		found = status_read(rooms, files[i].client, files[i].job,
				    &status);
		*damaged += found < 0;
		if (found == 1 && !each(arg, &status))
			break;
	}
	free(files);
	return 0;
}
