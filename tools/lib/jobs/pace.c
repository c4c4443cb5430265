#include "jobs/pace.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/times.h"
#include "base/utf8.h"
#include "jobs/folder.h"
#include "records/json.h"

/* Lines weigh less the older they are: by e each 30 s.  Only the end of a file
 * is read. */
enum { MEMORY = 30000, TAIL = 65536, SAMPLES = 3 };

enum { TOOL, DONE, TOTAL, OP, TIME, PATHS };

/* What has been done in how much time, both fading. */
struct flow {
	double done, ms;
	int64_t gap; /* the longest between two lines */
};

static void
copy_text(const struct json_span *span, char *out, size_t size)
{
	char room[512];
	int64_t len = -1;

	*out = '\0';
	if (span->type == JSON_STRING && span->len < sizeof(room))
		len = json_decode(span, room);
	if (len < 0)
		return;
	if ((size_t)len >= size)
		len = (int64_t)size - 1;
	memcpy(out, room, (size_t)len);
	out[len] = '\0';
	utf8_clean(out);
}

static void
flow(struct flow *flow, double done, double ms)
{
	double fade = exp(-ms / MEMORY);

	flow->done = flow->done * fade + done;
	flow->ms = flow->ms * fade + ms;
}

/* Another tool, or a count that fell, is another piece of work; a total may
 * grow under way. */
static bool
goes_on(const struct pace *pace, const struct pace *next)
{
	return pace->samples > 0 && next->done >= pace->done &&
	       strcmp(next->tool, pace->tool) == 0;
}

static bool
read_line(const struct json_paths *paths, const char *line, size_t len,
	  struct pace *next)
{
	struct json_span spans[PATHS];
	struct json_error error;

	if (json_scan(paths, line, len, spans, &error) != 0 ||
	    !json_int(&spans[DONE], &next->done) || next->done < 0)
		return false;
	if (!json_int(&spans[TOTAL], &next->total) || next->total <= 0)
		next->total = -1;
	copy_text(&spans[TOOL], next->tool, sizeof(next->tool));
	copy_text(&spans[OP], next->op, sizeof(next->op));
	return spans[TIME].type == JSON_STRING && !spans[TIME].escaped &&
	       times_parse(spans[TIME].at, spans[TIME].len, &next->at);
}

static void
step(struct pace *pace, struct flow *f, const struct pace *next)
{
	unsigned samples = pace->samples;

	if (goes_on(pace, next)) {
		int64_t ms = next->at - pace->at;

		if (ms > 0) {
			flow(f, (double)(next->done - pace->done), (double)ms);
			f->gap = ms > f->gap ? ms : f->gap;
		}
	} else {
		*f = (struct flow){ 0 };
		samples = 0;
	}
	*pace = *next;
	pace->samples = samples + 1;
}

/* When nothing comes for longer than ever before, it has become slower. */
static void
wait_on(struct pace *pace, struct flow *f, int64_t now)
{
	int64_t idle = now - pace->at - f->gap;

	if (idle > 0 && pace->samples > 0)
		flow(f, 0, (double)idle);
}

static void
judge(struct pace *pace, const struct flow *f, int64_t now)
{
	double left;

	pace->percent = -1;
	if (pace->total > 0)
		pace->percent = pace->done >= pace->total
					? 100
					: (int)((double)pace->done * 100 /
						(double)pace->total);
	if (pace->percent > 99 && pace->done < pace->total)
		pace->percent = 99;
	pace->rate = -1;
	if (pace->samples < SAMPLES || !(f->ms > 0))
		return;
	pace->rate = f->done * 1000 / f->ms;
	left = (double)(pace->total - pace->done);
	if (pace->total > 0 && left > 0 && pace->rate > 0 &&
	    left / pace->rate < 1e9)
		pace->eta = now + (int64_t)(left / pace->rate * 1000);
}

void
pace_read(const char *lines, size_t len, int64_t now, struct pace *pace)
{
	static const char *const want[PATHS] = { "tool", "done", "total", "op",
						 "at" };
	struct json_paths *paths = json_paths(want, PATHS);
	struct flow f = { 0 };
	size_t at = 0;
	const char *end;

	*pace = (struct pace){ .total = -1 };
	while ((end = memchr(lines + at, '\n', len - at)) != NULL) {
		struct pace next = { .total = -1 };

		if (read_line(paths, lines + at, (size_t)(end - lines) - at,
			      &next))
			step(pace, &f, &next);
		at = (size_t)(end - lines) + 1;
	}
	json_paths_free(paths);
	wait_on(pace, &f, now);
	judge(pace, &f, now);
}

void
pace_look(const struct rooms *rooms, const char *run, int64_t now,
	  struct pace *pace)
{
	int fd = folder_open_file(rooms, run, "progress");
	struct stat st = { 0 };
	char lines[TAIL];
	ssize_t len = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		len = pread(fd, lines, sizeof(lines),
			    st.st_size > TAIL ? st.st_size - TAIL : 0);
	if (fd >= 0)
		close(fd);
	pace_read(lines, len < 0 ? 0 : (size_t)len, now, pace);
}

static void
put_count(struct jsonw *w, const char *key, int64_t count)
{
	if (count < 0)
		return;
	jsonw_key(w, key);
	jsonw_int(w, count);
}

void
pace_put(struct jsonw *w, const struct pace *pace)
{
	if (pace->samples == 0)
		return;
	put_count(w, "pct", pace->percent);
	put_count(w, "done", pace->done);
	put_count(w, "total", pace->total);
	jsonw_key(w, "op");
	jsonw_string(w, pace->op);
	if (pace->rate >= 0) {
		jsonw_key(w, "rate");
		jsonw_real(w, round(pace->rate * 1000) / 1000);
	}
	if (pace->eta > 0) {
		jsonw_key(w, "eta");
		jsonw_time(w, pace->eta);
	}
}
