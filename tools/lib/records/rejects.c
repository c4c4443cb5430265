#include "records/rejects.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "records/json.h"

struct rejects {
	char *name;
	char *batch; /* file to make at the first reject, or NULL */
	int fd;
	int error; /* of making the file */
	bool dirty;
	struct ndjson_out *out;
	struct jsonw w;
};

/* QUEUE/new/NAME -> QUEUE/bad/NAME.rejects; NULL when it is not of that form */
static char *
beside_batch(const char *batch)
{
	const char *slash = strrchr(batch, '/');
	size_t size = strlen(batch) + sizeof(".rejects");
	char *path;

	if (slash == NULL || slash - batch < 4 || slash[1] == '\0' ||
	    memcmp(slash - 4, "/new", 4) != 0)
		return NULL;
	path = msg_calloc(size, 1);
	snprintf(path, size, "%.*s/bad/%s.rejects", (int)(slash - 4 - batch),
		 batch, slash + 1);
	return path;
}

/* Names the file; whatever an earlier run left there goes. */
static bool
use_batch(struct rejects *r, const char *batch, char **why)
{
	r->batch = r->name = beside_batch(batch);
	if (r->name == NULL) {
		*why = msg_strdup("PULSE_BATCH is not QUEUE/new/NAME");
		return false;
	}
	if (unlink(r->name) == 0 || errno == ENOENT)
		return true;
	*why = msg_strdup(strerror(errno));
	return false;
}

static bool
use_file(struct rejects *r, const char *file, char **why)
{
	r->name = msg_strdup(file);
	r->fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (r->fd >= 0)
		return true;
	*why = msg_strdup(strerror(errno));
	return false;
}

struct rejects *
rejects_open(const char *file, char **why)
{
	const char *batch = getenv("PULSE_BATCH");
	struct rejects *r = msg_calloc(1, sizeof(*r));
	bool fine = true;

	r->fd = -1;
	if (file != NULL) {
		fine = use_file(r, file, why);
	} else if (batch != NULL && *batch != '\0') {
		fine = use_batch(r, batch, why);
	} else {
		r->name = msg_strdup("standard error");
		r->fd = STDERR_FILENO;
	}
	if (!fine) {
		free(r->name);
		free(r);
		return NULL;
	}
	if (r->fd >= 0)
		r->out = ndjson_out(r->fd);
	return r;
}

static int
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = strndup(path, (size_t)(slash - path));
	int fd = folder == NULL
			 ? -1
			 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || atomic_sync_dir(fd) != 0;
	int error = errno;

	free(folder);
	if (fd >= 0)
		close(fd);
	errno = error;
	return failed ? -1 : 0;
}

static bool
make_file(struct rejects *r)
{
	if (r->out != NULL || r->error != 0)
		return r->error == 0;
	r->fd = open(r->batch,
		     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		     0600);
	if (r->fd < 0 || sync_folder(r->batch) != 0) {
		r->error = errno;
		return false;
	}
	r->out = ndjson_out(r->fd);
	return true;
}

static void
write_line(struct jsonw *w, const struct ndjson_line *line, bool is_json)
{
	size_t len = line->len < NDJSON_CUT ? line->len : NDJSON_CUT;

	if (is_json) {
		jsonw_key(w, "record");
		jsonw_raw(w, line->text, line->len);
		return;
	}
	jsonw_key(w, "raw");
	jsonw_lossless(w, line->text, len);
	jsonw_key(w, "raw_bytes");
	jsonw_int(w, (int64_t)line->bytes);
}

void
rejects_add(struct rejects *r, const struct ndjson_line *line,
	    const struct rules_broken *broken, bool is_json)
{
	struct jsonw *w = &r->w;
	size_t i;

	if (!make_file(r))
		return;
	jsonw_reset(w);
	jsonw_open(w, '{');
	jsonw_key(w, "type");
	jsonw_string(w, "reject");
	jsonw_key(w, "at");
	jsonw_time(w, clock_now());
	jsonw_key(w, "tool");
	jsonw_string(w, msg_name());
	jsonw_key(w, "line");
	jsonw_int(w, (int64_t)line->number);
	jsonw_key(w, "rules");
	jsonw_open(w, '[');
	for (i = 0; i < broken->count; i++)
		jsonw_string(w, broken->rules[i]);
	jsonw_close(w, ']');
	write_line(w, line, is_json);
	jsonw_close(w, '}');
	ndjson_put(r->out, w->text, w->len);
	ndjson_put(r->out, "\n", 1);
	r->dirty = true;
	if (r->fd == STDERR_FILENO) /* people wait; sync tells of errors */
		ndjson_flush(r->out);
}

/* A terminal or pipe cannot be synced, and need not be. */
int
rejects_sync(struct rejects *r)
{
	if (r->error != 0) {
		errno = r->error;
		return -1;
	}
	if (!r->dirty)
		return 0;
	if (ndjson_flush(r->out) != 0)
		return -1;
	if (fsync(r->fd) != 0 && errno != EINVAL && errno != ENOTSUP &&
	    errno != EROFS)
		return -1;
	r->dirty = false;
	return 0;
}

int
rejects_close(struct rejects *r)
{
	int failed, error;

	if (r == NULL)
		return 0;
	failed = rejects_sync(r);
	error = errno;
	if (r->out != NULL)
		ndjson_out_close(r->out);
	if (r->fd >= 0 && r->fd != STDERR_FILENO && close(r->fd) != 0 &&
	    failed == 0) {
		failed = -1;
		error = errno;
	}
	jsonw_free(&r->w);
	free(r->name);
	free(r);
	errno = error;
	return failed;
}

const char *
rejects_name(const struct rejects *r)
{
	return r->name;
}

/* The byte that a \u escape of jsonw_lossless stands for; -1: none. */
static int
escaped_byte(const char *digits)
{
	char text[5] = { digits[0], digits[1], digits[2], digits[3], '\0' };
	unsigned long number = strtoul(text, NULL, 16);

	if (number >= 0xdc80 && number <= 0xdcff)
		return (int)(number & 0xff);
	return number < 0x80 ? (int)number : -1;
}

/* Undoes jsonw_lossless in place of json_decode, which refuses what it must;
 * returns the length, or -1. */
static int64_t
restore(const struct json_span *raw, char *out)
{
	const char *p = raw->at, *end = p + raw->len;
	struct json_span one = { .len = 2,
				 .type = JSON_STRING,
				 .escaped = true };
	size_t len = 0;
	int byte;

	while (p < end) {
		if (*p != '\\') {
			out[len++] = *p++;
		} else if (p[1] == 'u') {
			if ((byte = escaped_byte(p + 2)) < 0)
				return -1;
			out[len++] = (char)byte;
			p += 6;
		} else {
			one.at = p;
			json_decode(&one, out + len++);
			p += 2;
		}
	}
	return (int64_t)len;
}

static const char *
unwrap_raw(const struct ndjson_line *line, struct ndjson_out *out)
{
	static const char *const wanted[] = { "type", "raw", "raw_bytes" };
	struct json_paths *paths = json_paths(wanted, 3);
	struct json_span spans[3];
	struct json_error error;
	const char *why = "no reject line";
	char *text = NULL;
	int64_t len, bytes;

	if (json_scan(paths, line->text, line->len, spans, &error) == 0 &&
	    json_is(&spans[0], "reject") && spans[1].type == JSON_STRING) {
		text = msg_calloc(spans[1].len + 1, 1);
		len = restore(&spans[1], text);
		why = NULL;
		if (len < 0 || !json_int(&spans[2], &bytes) || bytes != len)
			why = "cut at 64 KiB";
	}
	if (why == NULL) {
		text[len] = '\n';
		ndjson_put(out, text, (size_t)len + 1);
	}
	free(text);
	json_paths_free(paths);
	return why;
}

/*
 * The record is cut out by where it stands: it may be as deep and as long as
 * records may be, so that the line around it is too deep for json_scan.  In
 * the text before it every quote inside a string is escaped.
 */
const char *
rejects_unwrap(const struct ndjson_line *line, struct ndjson_out *out)
{
	static const char front[] = "{\"type\":\"reject\",";
	static const char key[] = "],\"record\":";
	const char *record;

	if (line->too_long || line->torn || line->len < sizeof(front) ||
	    memcmp(line->text, front, sizeof(front) - 1) != 0)
		return "no reject line";
	record = memmem(line->text, line->len, key, sizeof(key) - 1);
	if (record == NULL)
		return unwrap_raw(line, out);
	record += sizeof(key) - 1;
	if (line->text[line->len - 1] != '}')
		return "no reject line";
	ndjson_put(out, record, (size_t)(line->text + line->len - 1 - record));
	ndjson_put(out, "\n", 1);
	return NULL;
}
