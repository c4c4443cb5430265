#include "net/progress.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/runfile.h"

enum { REDRAW = 250, LINE = 30000, NOTE = 500 };

struct progress {
	bool loud, terminal, drawn, changed;
	int run; /* $PULSE_RUN_DIR/progress, or -1 */
	int64_t began, drew, said, noted;
	uint64_t done, total;
	char op[120];
};

struct progress *
progress_open(bool loud)
{
	struct progress *p = msg_calloc(1, sizeof(*p));

	p->loud = loud;
	p->terminal = isatty(STDERR_FILENO) == 1;
	p->run = runfile_open("progress");
	p->began = p->said = clock_monotonic();
	return p;
}

void
progress_set(struct progress *p, uint64_t done, uint64_t total, const char *op)
{
	p->changed = p->changed || p->done != done || p->total != total ||
		     strcmp(p->op, op) != 0;
	p->done = done;
	p->total = total;
	snprintf(p->op, sizeof(p->op), "%s", op);
}

static unsigned
percent(const struct progress *p)
{
	if (p->total == 0 || p->done >= p->total)
		return p->total == 0 ? 0 : 100;
	return (unsigned)(p->done * 100 / p->total);
}

static void
draw(struct progress *p)
{
	struct winsize size = { .ws_col = 80 };
	char line[512];
	int len;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
		size.ws_col = 80;
	if (p->total > 0)
		len = snprintf(line, sizeof(line), "\r\033[K%3u%% %llu/%llu %s",
			       percent(p), (unsigned long long)p->done,
			       (unsigned long long)p->total, p->op);
	else
		len = snprintf(line, sizeof(line), "\r\033[K%llu %s",
			       (unsigned long long)p->done, p->op);
	if (len > size.ws_col + 3)
		len = size.ws_col + 3;
	p->drawn = write(STDERR_FILENO, line, (size_t)len) == len;
}

void
progress_clear(struct progress *p)
{
	if (p->drawn && write(STDERR_FILENO, "\r\033[K", 4) == 4)
		p->drawn = false;
}

void
progress_say(struct progress *p, unsigned long requests)
{
	char of[64] = "";

	if (p->total > 0)
		snprintf(of, sizeof(of), " total=%llu pct=%u",
			 (unsigned long long)p->total, percent(p));
	progress_clear(p);
	msg_say("progress done=%llu%s op=\"%s\" requests=%lu seconds=%lld",
		(unsigned long long)p->done, of, p->op, requests,
		(long long)(clock_monotonic() - p->began) / 1000);
}

static void
begin_note(const struct progress *p, struct jsonw *w, const char *op)
{
	jsonw_open(w, '{');
	jsonw_key(w, "at");
	jsonw_time(w, clock_now());
	jsonw_key(w, "tool");
	jsonw_string(w, msg_name());
	jsonw_key(w, "done");
	jsonw_int(w, (int64_t)p->done);
	jsonw_key(w, "total");
	if (p->total > 0)
		jsonw_int(w, (int64_t)p->total);
	else
		jsonw_null(w);
	jsonw_key(w, "op");
	jsonw_string(w, op);
}

/* What is lost here is only a sign of life: the disk may be full. */
static void
end_note(struct progress *p, struct jsonw *w)
{
	jsonw_close(w, '}');
	w->comma = 0;
	jsonw_raw(w, "\n", 1);
	if (write(p->run, w->text, w->len) != (ssize_t)w->len) {
		close(p->run);
		p->run = -1;
	}
	jsonw_free(w);
}

static void
note(struct progress *p, int64_t now)
{
	struct jsonw w = { 0 };

	begin_note(p, &w, p->op);
	end_note(p, &w);
	p->noted = now;
	p->changed = false;
}

void
progress_tick(struct progress *p, unsigned long requests)
{
	int64_t now = clock_monotonic();

	if (p->run >= 0 && p->changed && now - p->noted >= NOTE)
		note(p, now);
	if (!p->loud)
		return;
	if (p->terminal && now - p->drew >= REDRAW) {
		draw(p);
		p->drew = now;
	} else if (!p->terminal && now - p->said >= LINE) {
		progress_say(p, requests);
		p->said = now;
	}
}

static void
count(struct jsonw *w, const char *name, int64_t number)
{
	jsonw_key(w, name);
	jsonw_int(w, number);
}

static void
put_counts(struct jsonw *w, const struct http_stats *stats, uint64_t records)
{
	count(w, "records", (int64_t)records);
	count(w, "requests", (int64_t)stats->requests);
	count(w, "retries", (int64_t)stats->retries);
	count(w, "unchanged", (int64_t)stats->unchanged);
	count(w, "from_cache", (int64_t)stats->from_cache);
	count(w, "bytes", stats->bytes_in);
	count(w, "waits", (int64_t)stats->waits);
	count(w, "waited_ms", stats->waited_ms);
	count(w, "response_ms", (int64_t)stats->ms_mean);
	count(w, "response_ms_p95", (int64_t)stats->ms_p95);
}

/* What the run asked of the API, one line a program. */
static void
note_requests(const struct http_stats *stats, uint64_t records, int64_t took)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_key(&w, "tool");
	jsonw_string(&w, msg_name());
	put_counts(&w, stats, records);
	count(&w, "took_ms", took);
	if (stats->quota_left >= 0)
		count(&w, "quota_left", stats->quota_left);
	if (stats->quota_reset > 0) {
		jsonw_key(&w, "quota_reset");
		jsonw_time(&w, stats->quota_reset);
	}
	jsonw_close(&w, '}');
	if (runfile_add("requests", &w) != 0)
		msg_say("cannot note the requests in the run's folder");
	jsonw_free(&w);
}

void
progress_close(struct progress *p, const struct http_stats *stats,
	       uint64_t records)
{
	struct jsonw w = { 0 };

	progress_clear(p);
	note_requests(stats, records, clock_monotonic() - p->began);
	if (p->run >= 0) {
		begin_note(p, &w, "done");
		put_counts(&w, stats, records);
		end_note(p, &w);
	}
	if (p->run >= 0)
		close(p->run);
	free(p);
}
