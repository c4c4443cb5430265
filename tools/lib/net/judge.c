#include "net/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "net/answer.h"
#include "net/headers.h"
#include "net/origin.h"

enum {
	REDIRECTS_MOST = 3,
	LIMITED_MOST = 10, /* times one request may be told to slow down */
	FAILING_MOST = 20,
	RETRY_BASE = 250, /* ms */
	RETRY_CAP = 30000
};

void
judge_end(struct judge *judge, enum outcome_class class, const char *why,
	  int64_t not_before)
{
	if (judge->code != EX_OK)
		return;
	judge->code = outcome_code(class);
	judge->class = class;
	judge->not_before = not_before;
	snprintf(judge->why, sizeof(judge->why), "%s", why);
	judge->stopping = true;
}

static void
deliver(struct judge *judge, struct backlog_job *job, struct reply *reply)
{
	reply->public.url = job->url;
	if (reply->public.at == 0)
		reply->public.at = clock_now();
	if (reply->public.body == NULL)
		reply->public.body = "";
	if (!judge->aborted && job->request.done != NULL)
		job->request.done(job->request.arg, &reply->public);
	reply_free(reply);
	backlog_job_free(job);
}

/* The cached body as the answer; false when there is none.  headers: those of
 * the 304, NULL when there was no answer. */
static bool
deliver_cached(struct judge *judge, struct backlog_job *job,
	       const struct http_headers *headers)
{
	const struct http_headers none = { 0 };
	bool stale = headers == NULL;
	struct reply_raw raw = { .url = job->url, .status = 200 };
	struct reply reply = { 0 };
	struct cache_entry entry;

	if (judge->cache == NULL || job->key[0] == '\0' ||
	    !cache_read(judge->cache, job->key, &entry))
		return false;
	raw.body = entry.body;
	raw.len = entry.len;
	raw.headers = stale ? &none : headers;
	reply_cached(&reply, judge->base, &raw, entry.next);
	reply.public.etag = entry.etag;
	reply.public.unchanged = !stale;
	reply.public.stale = stale;
	if (stale) {
		reply.public.at = entry.at;
		judge->stats.from_cache++;
	} else {
		judge->stats.unchanged++;
	}
	deliver(judge, job, &reply);
	cache_forget(&entry);
	return true;
}

static void
deliver_failure(struct judge *judge, struct backlog_job *job,
		struct reply *reply)
{
	enum outcome_class class = reply->public.class;
	bool down = class == OUTCOME_NETWORK_TIMEOUT ||
		    class == OUTCOME_TEMPORARY_SERVICE_ERROR ||
		    class == OUTCOME_SERVICE_DOWN;

	if (down && judge->config.stale_if_error &&
	    deliver_cached(judge, job, NULL)) {
		reply_free(reply);
		return;
	}
	deliver(judge, job, reply);
}

static void
ask_again(struct judge *judge, struct backlog_job *job, int64_t wait)
{
	job->ready = wait == 0 ? 0 : clock_monotonic() + wait;
	judge->stats.retries++;
	backlog_put(&judge->backlog, job);
}

/* Tries again with backoff; false when the tries are used up, or the server
 * asks for more patience than we have. */
static bool
retry(struct judge *judge, struct backlog_job *job, int64_t hint)
{
	const struct backoff rule = { .base = RETRY_BASE,
				      .cap = RETRY_CAP,
				      .factor = judge->config.backoff_factor };
	int64_t wait;

	if (judge->stopping || job->tries >= judge->config.retries)
		return false;
	wait = backoff_delay(&rule, ++job->tries, ++judge->seed);
	if (hint > wait)
		wait = hint;
	if (wait > judge->config.max_wait && hint > 0)
		return false;
	ask_again(judge, job, wait);
	return true;
}

/* After so many the service as a whole is down: a long queue does not have to
 * find out for each.  One broken repository has fewer lists than that. */
static void
count_failing(struct judge *judge, enum outcome_class class, const char *why)
{
	if (class != OUTCOME_NETWORK_TIMEOUT &&
	    class != OUTCOME_TEMPORARY_SERVICE_ERROR)
		return;
	judge->failing++;
	if (judge->config.stale_if_error && judge->cache != NULL)
		judge->offline = judge->failing >= judge->config.connections;
	else if (judge->failing >= FAILING_MOST + 2 * judge->config.connections)
		judge_end(judge, class, why, 0);
}

static void
store(struct judge *judge, const struct backlog_job *job,
      const struct reply_raw *raw, const struct reply *reply)
{
	struct cache_entry entry = { 0 };

	if (judge->cache == NULL || reply->public.status != 200)
		return;
	entry.etag = (char *)headers_get(raw->headers, "ETag");
	entry.modified = (char *)headers_get(raw->headers, "Last-Modified");
	if (entry.etag == NULL && entry.modified == NULL &&
	    !judge->config.stale_if_error)
		return;
	entry.next = reply->next;
	entry.at = clock_now();
	entry.body = (char *)raw->body;
	entry.len = raw->len;
	if (cache_write(judge->cache, job->key, &entry) != 0)
		judge->stats.cache_broken = true;
}

static void
take_good(struct judge *judge, struct backlog_job *job,
	  const struct reply_raw *raw)
{
	struct reply reply = { 0 };

	reply_good(&reply, judge->base, raw);
	if (reply.public.class == OUTCOME_NONE) {
		store(judge, job, raw, &reply);
	} else if (reply.cut && retry(judge, job, 0)) {
		reply_free(&reply);
		return;
	}
	if (reply.public.class == OUTCOME_NONE)
		deliver(judge, job, &reply);
	else
		deliver_failure(judge, job, &reply);
}

static void
follow(struct judge *judge, struct backlog_job *job,
       const struct reply_raw *raw)
{
	const char *location = headers_get(raw->headers, "Location");
	struct reply reply = { .public.status = raw->status };
	char *target =
		location == NULL ? NULL : origin_resolve(job->url, location);

	if (target != NULL && origin_holds(judge->base, target) &&
	    job->request.body == NULL && job->redirects < REDIRECTS_MOST) {
		free(job->url);
		job->url = target;
		job->redirects++;
		backlog_put(&judge->backlog, job);
		return;
	}
	if (job->redirects >= REDIRECTS_MOST)
		reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "more than %d redirects", REDIRECTS_MOST);
	else
		reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "HTTP %ld to another origin, '%.200s'",
			     raw->status, location == NULL ? "" : location);
	free(target);
	deliver_failure(judge, job, &reply);
}

static void
take_unchanged(struct judge *judge, struct backlog_job *job,
	       const struct reply_raw *raw)
{
	struct reply reply = { .public.status = 304 };

	if (deliver_cached(judge, job, raw->headers))
		return;
	if (!job->no_cache) { /* it went while we asked */
		job->no_cache = true;
		ask_again(judge, job, 0);
		return;
	}
	reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
		     "HTTP 304 to a question without conditions");
	deliver(judge, job, &reply);
}

static bool
may_pass(long status)
{
	return status == 202 || status == 408 || status == 500 ||
	       (status >= 502 && status <= 504);
}

static void
take_error(struct judge *judge, struct backlog_job *job,
	   const struct reply_raw *raw, const struct answer *answer)
{
	enum outcome_class class = answer_class(answer->status);
	int64_t hint = answer->gate.retry_after;
	struct reply reply = { .public.status = answer->status };

	if (may_pass(answer->status) && retry(judge, job, hint))
		return;
	if (answer->status == 202)
		class = OUTCOME_TEMPORARY_SERVICE_ERROR;
	reply_failed(&reply, class, answer->status < 400 ? EX_PROTOCOL : 0,
		     "%s", answer->message);
	reply.public.headers = raw->headers;
	reply.public.body = raw->body;
	reply.public.len = raw->len;
	if (hint > 0)
		reply.public.not_before = clock_now() + hint;
	count_failing(judge, class, reply.why);
	if (answer->status == 401) {
		judge_end(judge, class, reply.why, 0);
		judge->aborted = true;
	}
	deliver_failure(judge, job, &reply);
}

static void
note_quota(struct judge *judge, const struct answer *answer)
{
	if (answer->limit >= 0)
		judge->stats.quota_limit = answer->limit;
	if (answer->gate.remaining >= 0)
		judge->stats.quota_left = answer->gate.remaining;
	if (answer->gate.reset_in >= 0)
		judge->stats.quota_reset = clock_now() + answer->gate.reset_in;
}

/* A limit: true when the request waits, or the run ends of it. */
static bool
is_limited(struct judge *judge, struct backlog_job *job,
	   const struct answer *answer)
{
	int64_t wait, now = clock_monotonic();

	switch (gate_judge(&judge->gate, &answer->gate, now, ++judge->seed,
			   &wait)) {
	case GATE_AGAIN:
		ask_again(judge, job, 0);
		return true;
	case GATE_LATER:
		if (++job->limited > LIMITED_MOST ||
		    wait > judge->config.max_wait)
			return false;
		ask_again(judge, job, wait);
		return true;
	case GATE_GIVE_UP:
		judge_end(judge, OUTCOME_API_RATE_LIMIT, answer->message,
			  clock_now() + wait);
		backlog_put(&judge->backlog, job);
		return true;
	default:
		return false;
	}
}

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

void
judge_answer(struct judge *judge, struct backlog_job *job,
	     const struct reply_raw *raw)
{
	struct answer answer;
	long status = raw->status;

	answer_read(&answer, status, raw->headers,
		    raw->len > 0 ? raw->body : NULL, clock_now());
	if (status < 500)
		judge->failing = 0;
	note_quota(judge, &answer);
	if (is_limited(judge, job, &answer))
		return;
	if (status == 304)
		take_unchanged(judge, job, raw);
	else if (is_redirect(status))
		follow(judge, job, raw);
	else if (status >= 200 && status < 300 && status != 202)
		take_good(judge, job, raw);
	else
		take_error(judge, job, raw, &answer);
}

void
judge_fault(struct judge *judge, struct backlog_job *job,
	    const struct judge_fault *fault)
{
	struct reply reply = { 0 };

	if (fault->again && retry(judge, job, 0))
		return;
	reply_failed(&reply, fault->class,
		     fault->class == OUTCOME_DATA_FORMAT ? EX_PROTOCOL : 0,
		     "%s", fault->why);
	count_failing(judge, fault->class, reply.why);
	deliver_failure(judge, job, &reply);
}

void
judge_refuse(struct judge *judge, struct backlog_job *job,
	     enum outcome_class class, int code, const char *why)
{
	struct reply reply = { 0 };

	reply_failed(&reply, class, code, "%s", why);
	deliver_failure(judge, job, &reply);
}
