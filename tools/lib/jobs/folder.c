#include "jobs/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/whole.h"
#include "jobs/lock.h"
#include "records/json.h"

enum { SPEC_MOST = 256 << 10, PAPER = 4096, DEEPEST = 16 };

void
folder_id(int64_t client, const char *job, int64_t run, char out[FOLDER_ID])
{
	snprintf(out, FOLDER_ID, "%lld.%s.%lld", (long long)client, job,
		 (long long)run);
}

void
folder_id_alone(int64_t client, const char *job, int64_t now,
		char out[FOLDER_ID])
{
	char t[TIMES_SIZE];

	times_format(now, t);
	snprintf(out, FOLDER_ID, "%lld.%s.x%.4s%.2s%.5s%.2s%.7s-%ld",
		 (long long)client, job, t, t + 5, t + 8, t + 14, t + 17,
		 (long)getpid());
}

/* Digits alone, and not too many; false otherwise. */
static bool
number_of(const char *text, size_t len, int64_t *number)
{
	if (len == 0 || len > 18 || strspn(text, "0123456789") < len)
		return false;
	*number = strtoll(text, NULL, 10);
	return true;
}

bool
folder_parse(const char *id, int64_t *client, char job[NAMES_SIZE],
	     int64_t *run)
{
	const char *dot = strchr(id, '.');
	const char *last = dot != NULL ? strchr(dot + 1, '.') : NULL;
	size_t len;

	if (last == NULL || strlen(id) >= FOLDER_ID ||
	    !number_of(id, (size_t)(dot - id), client))
		return false;
	len = (size_t)(last - dot - 1);
	if (len >= NAMES_SIZE)
		return false;
	memcpy(job, dot + 1, len);
	job[len] = '\0';
	if (!names_is_job(job))
		return false;
	last++;
	*run = 0;
	if (*last != 'x')
		return number_of(last, strlen(last), run) && *run > 0;
	last++;
	return *last != '\0' && strspn(last, "0123456789TZ.-") == strlen(last);
}

/* Writes a file of the folder; durable: its bytes are, its name is not. */
static int
put_file(int folder, const char *name, const char *bytes, size_t len,
	 bool durable)
{
	int fd = openat(folder, name,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);

	if (fd < 0)
		return -1;
	if (whole_write(fd, bytes, len) != 0 || (durable && fsync(fd) != 0))
		return whole_close(fd);
	return close(fd);
}

/* The bytes of a file, allocated and NUL-ended; NULL with errno, EFBIG when it
 * is larger than most. */
static char *
get_file(int folder, const char *name, size_t most, size_t *len)
{
	int fd = openat(folder, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t size = PAPER;
	char *text;
	ssize_t n = 1;

	if (fd < 0)
		return NULL;
	text = msg_calloc(size, 1);
	*len = 0;
	while (n != 0 && *len <= most) {
		if (*len + 1 == size)
			text = msg_realloc(text, size *= 2);
		n = read(fd, text + *len, size - 1 - *len);
		if (n < 0)
			break;
		*len += (size_t)n;
	}
	whole_close(fd);
	if (n == 0) {
		text[*len] = '\0';
		return text;
	}
	if (n > 0)
		errno = EFBIG;
	free(text);
	return NULL;
}

static void
add_int(struct jsonw *w, const char *key, int64_t number)
{
	jsonw_key(w, key);
	jsonw_int(w, number);
}

static void
add_text(struct jsonw *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_string(w, text);
}

static void
end_line(struct jsonw *w)
{
	jsonw_close(w, '}');
	w->comma = 0;
	jsonw_raw(w, "\n", 1);
}

static int
write_spec(int folder, const struct folder_spec *spec)
{
	struct jsonw w = { 0 };
	char **word;
	int failed;

	jsonw_open(&w, '{');
	add_int(&w, "client", spec->client);
	add_text(&w, "job", spec->job);
	jsonw_key(&w, "argv");
	jsonw_open(&w, '[');
	for (word = spec->argv; *word != NULL; word++)
		jsonw_string(&w, *word);
	jsonw_close(&w, ']');
	add_int(&w, "timeout", spec->timeout);
	add_int(&w, "grace", spec->grace);
	add_int(&w, "drain", spec->drain);
	add_int(&w, "not_before", spec->not_before);
	add_text(&w, "config", spec->config);
	add_int(&w, "attempt", spec->attempt);
	add_text(&w, "trigger", spec->trigger);
	add_text(&w, "integration", spec->integration);
	end_line(&w);
	failed = put_file(folder, "spec", w.text, w.len, false);
	jsonw_free(&w);
	return failed;
}

static int
fill(int folder, const struct folder_spec *spec)
{
	if (write_spec(folder, spec) != 0 ||
	    (spec->items != NULL && put_file(folder, "items", spec->items,
					     strlen(spec->items), false) != 0))
		return -1;
	return put_file(folder, "ticket", "", 0, false);
}

int
folder_open(const struct rooms *rooms, const char *id)
{
	return openat(rooms->run, id,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
folder_open_file(const struct rooms *rooms, const char *id, const char *name)
{
	char job[NAMES_SIZE];
	int64_t client, run;
	int folder = -1, fd;

	errno = ENOENT;
	if (folder_parse(id, &client, job, &run))
		folder = folder_open(rooms, id);
	if (folder < 0)
		return -1;
	fd = openat(folder, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	whole_close(folder);
	return fd;
}

static bool
is_locked(const struct rooms *rooms, const char *id, struct lock_holder *holder)
{
	char name[ROOMS_NAME], job[NAMES_SIZE];
	int64_t client, run;

	*holder = (struct lock_holder){ 0 };
	if (!folder_parse(id, &client, job, &run))
		return false;
	rooms_job(client, job, name);
	return lock_is_held(rooms, name, holder);
}

/* An ID is given out once, so a folder that is there already was made for a
 * database that has been lost since.  Its result must not be taken for ours. */
static int
make_anew(const struct rooms *rooms, const char *id)
{
	struct lock_holder holder;

	if (mkdirat(rooms->run, id, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	if (is_locked(rooms, id, &holder) && strcmp(holder.run, id) == 0) {
		errno = EEXIST;
		return -1;
	}
	return folder_remove(rooms, id) != 0 ? -1
					     : mkdirat(rooms->run, id, 0700);
}

int
folder_make(const struct rooms *rooms, const char *id,
	    const struct folder_spec *spec)
{
	int folder, failed, error;

	if (make_anew(rooms, id) != 0)
		return -1;
	folder = folder_open(rooms, id);
	failed = folder < 0 || fill(folder, spec) != 0;
	error = errno;
	if (folder >= 0)
		close(folder);
	if (failed)
		folder_remove(rooms, id);
	errno = error;
	return failed ? -1 : 0;
}

/* Scans a text that is one JSON object with the wanted values. */
static int
scan(const char *text, size_t len, const char *const *want, size_t count,
     struct json_span *spans)
{
	struct json_paths *paths = json_paths(want, count);
	struct json_error error;
	int failed = json_scan(paths, text, len, spans, &error);

	json_paths_free(paths);
	if (failed == 0)
		return 0;
	errno = EBADMSG;
	return -1;
}

/* The strings of an array; NULL when one is no text. */
static char **
words_of(const struct json_span *array)
{
	struct json_walk walk = json_walk(array);
	struct json_span key, value;
	char **words = msg_calloc(1, sizeof(*words));
	size_t count = 0;

	while (json_next(&walk, &key, &value)) {
		char *word = json_text(&value);

		if (word == NULL)
			break;
		words = msg_realloc(words, (count + 2) * sizeof(*words));
		words[count++] = word;
		words[count] = NULL;
	}
	if (count > 0 && !json_next(&walk, &key, &value))
		return words;
	while (count > 0)
		free(words[--count]);
	free(words);
	return NULL;
}

enum {
	CLIENT,
	TIMEOUT,
	GRACE,
	DRAIN,
	NOT_BEFORE,
	ATTEMPT,
	JOB,
	ARGV,
	CONFIG,
	TRIGGER,
	INTEGRATION,
	SPEC_KEYS
};
static const char *const spec_keys[] = {
	[CLIENT] = "client",
	[TIMEOUT] = "timeout",
	[GRACE] = "grace",
	[DRAIN] = "drain",
	[JOB] = "job",
	[NOT_BEFORE] = "not_before",
	[ARGV] = "argv",
	[ATTEMPT] = "attempt",
	[CONFIG] = "config",
	[TRIGGER] = "trigger",
	[INTEGRATION] = "integration",
};

static int
take_spec(const struct json_span *spans, struct folder_spec *spec)
{
	int64_t *const numbers[] = {
		[CLIENT] = &spec->client,   [TIMEOUT] = &spec->timeout,
		[GRACE] = &spec->grace,	    [DRAIN] = &spec->drain,
		[ATTEMPT] = &spec->attempt, [NOT_BEFORE] = &spec->not_before,
	};
	size_t i;

	for (i = 0; i <= ATTEMPT; i++)
		if (!json_int(&spans[i], numbers[i]) || *numbers[i] < 0)
			return -1;
	if (spans[ARGV].type != JSON_ARRAY)
		return -1;
	spec->argv = words_of(&spans[ARGV]);
	spec->job = json_text(&spans[JOB]);
	spec->config = json_text(&spans[CONFIG]);
	spec->trigger = json_text(&spans[TRIGGER]);
	spec->integration = json_text(&spans[INTEGRATION]);
	return spec->argv == NULL || spec->job == NULL ? -1 : 0;
}

int
folder_read_spec(int folder, struct folder_spec *spec)
{
	struct json_span spans[SPEC_KEYS];
	size_t len;
	char *text = get_file(folder, "spec", SPEC_MOST, &len);
	int failed;

	*spec = (struct folder_spec){ 0 };
	if (text == NULL)
		return -1;
	failed = scan(text, len, spec_keys, SPEC_KEYS, spans) != 0 ||
		 take_spec(spans, spec) != 0;
	free(text);
	if (!failed)
		return 0;
	folder_spec_free(spec);
	errno = EBADMSG;
	return -1;
}

void
folder_spec_free(struct folder_spec *spec)
{
	char **word;

	for (word = spec->argv; word != NULL && *word != NULL; word++)
		free(*word);
	free(spec->argv);
	free((void *)spec->job);
	free((void *)spec->config);
	free((void *)spec->trigger);
	free((void *)spec->integration);
	*spec = (struct folder_spec){ 0 };
}

int
folder_claim(int folder)
{
	return renameat(folder, "ticket", folder, "started");
}

int
folder_revoke(int folder)
{
	return renameat(folder, "ticket", folder, "revoked");
}

int
folder_write_started(int folder, const struct folder_started *started)
{
	struct jsonw w = { 0 };
	int failed;

	jsonw_open(&w, '{');
	add_int(&w, "pid", started->process.pid);
	add_int(&w, "start", (int64_t)started->process.start);
	add_int(&w, "sid", started->sid);
	add_int(&w, "pgid", started->pgid);
	add_text(&w, "boot", started->process.boot);
	jsonw_key(&w, "at");
	jsonw_time(&w, started->at);
	add_text(&w, "cursors", started->cursors);
	end_line(&w);
	failed = put_file(folder, "started", w.text, w.len, true) != 0 ||
		 atomic_sync_dir(folder) != 0;
	jsonw_free(&w);
	return failed ? -1 : 0;
}

/* The decoded string, if it fits; false otherwise. */
static bool
copy_text(const struct json_span *span, char *out, size_t size)
{
	int64_t len = span->type == JSON_STRING && span->len < size
			      ? json_decode(span, out)
			      : -1;

	if (len < 0)
		return false;
	out[len] = '\0';
	return true;
}

int
folder_read_started(int folder, struct folder_started *started)
{
	static const char *const want[] = { "pid",  "start", "sid",    "pgid",
					    "boot", "at",    "cursors" };
	int64_t numbers[4];
	struct json_span s[7];
	size_t len, i;
	char *text = get_file(folder, "started", PAPER, &len);
	bool whole;

	*started = (struct folder_started){ 0 };
	if (text == NULL)
		return -1;
	whole = scan(text, len, want, 7, s) == 0;
	for (i = 0; i < 4; i++)
		whole = whole && json_int(&s[i], &numbers[i]);
	whole = whole && copy_text(&s[4], started->process.boot, PROCESS_BOOT);
	whole = whole && s[5].type == JSON_STRING &&
		times_parse(s[5].at, s[5].len, &started->at);
	whole = whole && copy_text(&s[6], started->cursors, FOLDER_MARK);
	free(text);
	if (!whole) {
		errno = EBADMSG;
		return -1;
	}
	started->process.pid = (pid_t)numbers[0];
	started->process.start = (uint64_t)numbers[1];
	started->sid = (pid_t)numbers[2];
	started->pgid = (pid_t)numbers[3];
	return 0;
}

int
folder_set_aside(int folder)
{
	return renameat(folder, "result", folder, "bad-result");
}

static bool
has(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The ticket before what it becomes: one of them is always seen. */
static void
view_papers(int folder, struct settle_view *view)
{
	view->ticket = has(folder, "ticket");
	view->revoked = has(folder, "revoked");
	view->started = has(folder, "started");
}

static enum settle_paper
view_result(int folder, const char *id)
{
	struct folder_result result;
	enum settle_paper paper = folder_read_result(folder, &result);

	if (paper == SETTLE_WHOLE && strcmp(result.run, id) != 0)
		return SETTLE_DAMAGED;
	return paper;
}

/* A pulse-run signs the lock before it claims its ticket, so one in another's
 * name is another's; one whose name cannot be read is its own as long as it
 * lives.  The ticket is looked at before the lock: who has taken it had the
 * lock by then; and the lock before the result: it is free only behind one. */
void
folder_view(const struct rooms *rooms, const char *id, struct settle_view *view)
{
	struct folder_started started = { 0 };
	struct process_id *process;
	struct lock_holder holder;
	char boot[PROCESS_BOOT];
	bool held;
	int folder = folder_open(rooms, id);

	*view = (struct settle_view){ .folder = folder >= 0 };
	if (folder >= 0)
		view_papers(folder, view);
	held = is_locked(rooms, id, &holder);
	view->lock_held = held && strcmp(holder.run, id) == 0;
	if (folder >= 0) {
		view->result = view_result(folder, id);
		folder_read_started(folder, &started);
		close(folder);
	}
	process = view->lock_held ? &holder.process : &started.process;
	process_boot(boot);
	view->same_boot =
		process->boot[0] == '\0' || strcmp(process->boot, boot) == 0;
	view->alive = process_is_alive(process);
	if (held && holder.run[0] == '\0' && view->alive)
		view->lock_held = true;
	view->others_lock = held && !view->lock_held;
}

static void
name_of_pointer(int64_t client, const char *job, char out[FOLDER_ID])
{
	snprintf(out, FOLDER_ID, "last.%lld.%s", (long long)client, job);
}

int
folder_point(const struct rooms *rooms, const char *id)
{
	char job[NAMES_SIZE], name[FOLDER_ID], beside[FOLDER_ID + 24];
	int64_t client, run;

	if (!folder_parse(id, &client, job, &run)) {
		errno = EINVAL;
		return -1;
	}
	name_of_pointer(client, job, name);
	snprintf(beside, sizeof(beside), ".%s.%ld", name, (long)getpid());
	unlinkat(rooms->run, beside, 0);
	if (symlinkat(id, rooms->run, beside) != 0 ||
	    renameat(rooms->run, beside, rooms->run, name) != 0)
		return -1;
	return atomic_sync_dir(rooms->run);
}

int
folder_pointed(const struct rooms *rooms, int64_t client, const char *job,
	       char id[FOLDER_ID])
{
	char name[FOLDER_ID];
	ssize_t len;

	name_of_pointer(client, job, name);
	len = readlinkat(rooms->run, name, id, FOLDER_ID - 1);
	if (len < 0)
		return -1;
	id[len] = '\0';
	return 0;
}

static int remove_all(int parent, const char *name, int depth);

static int
remove_inside(int folder, int depth)
{
	DIR *dir = fdopendir(folder);
	struct dirent *entry;
	int failed = 0, error;

	if (dir == NULL)
		return whole_close(folder);
	while (failed == 0 && (errno = 0, entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			failed = remove_all(dirfd(dir), entry->d_name, depth);
	if (failed == 0 && errno != 0)
		failed = -1;
	error = errno;
	closedir(dir);
	errno = error;
	return failed;
}

static int
remove_all(int parent, const char *name, int depth)
{
	int folder;

	if (unlinkat(parent, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (depth == 0) {
		errno = ELOOP;
		return -1;
	}
	folder = openat(parent, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 || remove_inside(folder, depth - 1) != 0)
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR);
}

int
folder_remove(const struct rooms *rooms, const char *id)
{
	return remove_all(rooms->run, id, DEEPEST);
}

int64_t
folder_highest(const struct rooms *rooms)
{
	int fd = openat(rooms->run, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	int64_t client, run, highest = 0;
	struct dirent *entry;
	char job[NAMES_SIZE];

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (folder_parse(entry->d_name, &client, job, &run) &&
		    run > highest)
			highest = run;
	if (dir != NULL)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return highest;
}
