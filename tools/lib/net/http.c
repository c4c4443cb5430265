#include "net/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/msg.h"
#include "net/answer.h"
#include "net/backlog.h"
#include "net/cache.h"
#include "net/gate.h"
#include "net/headers.h"
#include "net/meter.h"
#include "net/origin.h"
#include "net/reply.h"

enum {
	BODY_MOST = 64 << 20,
	BODY_KEPT = 4 << 20, /* a larger buffer is given back after its page */
	AUTHORIZATION_MOST = 16384,
	REDIRECTS_MOST = 3,
	LIMITED_MOST = 10, /* times one request may be told to slow down */
	FAILING_MOST = 20,
	RETRY_BASE = 250, /* ms */
	RETRY_CAP = 30000,
	TICK = 250,
	CONNECT_TIMEOUT = 10000,
	REQUEST_TIMEOUT = 600000,
	CACHE_BYTES = 512 << 20
};

struct slot { /* one transfer at a time; its buffers are used again */
	struct http *http;
	CURL *easy;
	struct curl_slist *lines;
	struct backlog_job *job; /* NULL: free */
	char *body;
	size_t len, size;
	struct http_headers headers;
	char key[CRYPTO_HEX]; /* of the cache; "" when it is not asked */
	const char *refused;  /* why we broke the transfer off, or NULL */
};

struct http {
	struct http_config config;
	char *base;
	char identity[CRYPTO_HEX];
	CURLM *multi;
	CURLSH *share;
	struct slot *slots;
	unsigned under_way;
	struct backlog backlog;
	struct gate gate;
	struct cache *cache;
	struct http_stats stats;
	struct meter meter;
	int64_t ticked, closed_since;
	bool stopping, offline, aborted;
	unsigned failing; /* requests in a row that had no good answer */
	uint64_t seed;
	/* What ends the run. */
	int code;
	enum outcome_class class;
	int64_t not_before;
	char why[REPLY_WHY];
};

static void
end_run(struct http *http, enum outcome_class class, const char *why,
	int64_t not_before)
{
	if (http->code != EX_OK)
		return;
	http->code = outcome_code(class);
	http->class = class;
	http->not_before = not_before;
	snprintf(http->why, sizeof(http->why), "%s", why);
	http->stopping = true;
}

/* --- what curl calls ---------------------------------------------------- */

static size_t
on_header(char *line, size_t unit, size_t count, void *arg)
{
	struct slot *slot = arg;

	if (headers_add(&slot->headers, line, unit * count) == 0)
		return unit * count;
	slot->refused = "more than 64 KiB of headers";
	return 0;
}

static void
make_room(struct slot *slot, size_t need)
{
	curl_off_t told = -1;
	size_t size = slot->size + slot->size / 2;

	curl_easy_getinfo(slot->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
			  &told);
	if (told > 0 && told < BODY_MOST && size < (size_t)told + 1)
		size = (size_t)told + 1;
	slot->size = size < need ? need : size;
	slot->body = msg_realloc(slot->body, slot->size);
}

static size_t
on_body(char *bytes, size_t unit, size_t count, void *arg)
{
	struct slot *slot = arg;
	size_t len = unit * count;

	if (slot->len + len > BODY_MOST) {
		slot->refused = "a body of more than 64 MiB";
		return 0;
	}
	if (slot->len + len + 1 > slot->size)
		make_room(slot, slot->len + len + 1);
	memcpy(slot->body + slot->len, bytes, len);
	slot->len += len;
	return len;
}

/* --- one transfer -------------------------------------------------------- */

static void
set_security(CURL *easy, const struct http *http)
{
	const struct http_config *config = &http->config;
	const char *scheme = origin_is_https(http->base) ? "https" : "http";

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, scheme);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_PROXY,
			 config->proxy == NULL ? "" : config->proxy);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
			 (curl_off_t)BODY_MOST);
	if (config->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
}

static void
open_slot(struct http *http, struct slot *slot)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	slot->http = http;
	slot->easy = easy;
	set_security(easy, http);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
	curl_easy_setopt(easy, CURLOPT_SHARE, http->share);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "pulse/" PULSE_VERSION);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)CONNECT_TIMEOUT);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)REQUEST_TIMEOUT);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1000L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 60L);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT,
			 origin_is_https(http->base) ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, slot);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
}

static void
close_slot(struct slot *slot)
{
	if (slot->easy == NULL)
		return;
	if (slot->job != NULL)
		curl_multi_remove_handle(slot->http->multi, slot->easy);
	curl_easy_cleanup(slot->easy);
	curl_slist_free_all(slot->lines);
	backlog_job_free(slot->job);
	headers_free(&slot->headers);
	free(slot->body);
}

static void
add_line(struct slot *slot, const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 3;
	char *line = msg_calloc(size, 1);
	struct curl_slist *lines;

	snprintf(line, size, "%s: %s", name, value);
	lines = curl_slist_append(slot->lines, line);
	explicit_bzero(line, size);
	free(line);
	if (lines == NULL)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	slot->lines = lines;
}

/* The lists that curl has copied from hold the credential. */
static void
wipe_lines(struct slot *slot)
{
	struct curl_slist *line;

	for (line = slot->lines; line != NULL; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
	curl_slist_free_all(slot->lines);
	slot->lines = NULL;
}

static int
add_authorization(struct http *http, struct slot *slot)
{
	const struct http_config *config = &http->config;
	char value[AUTHORIZATION_MOST];
	const char *why = "no credential";
	struct crypto_part part = { value, 0 };

	if (config->authorize == NULL)
		return 0;
	if (config->authorize(config->authorize_arg, value, sizeof(value),
			      &why) != 0) {
		end_run(http, OUTCOME_AUTHENTICATION, why, 0);
		http->aborted = true;
		return -1;
	}
	part.len = strlen(value);
	if (config->identity == NULL && http->identity[0] == '\0')
		crypto_sha256_hex(&part, 1, http->identity);
	add_line(slot, "Authorization", value);
	explicit_bzero(value, sizeof(value));
	return 0;
}

static void
add_conditions(struct http *http, struct slot *slot)
{
	struct backlog_job *job = slot->job;
	struct cache_entry entry;

	slot->key[0] = '\0';
	if (http->cache == NULL)
		return;
	cache_key(http->identity, job->url, job->request.body, slot->key);
	if (job->no_cache || !cache_peek(http->cache, slot->key, &entry))
		return;
	if (entry.etag != NULL)
		add_line(slot, "If-None-Match", entry.etag);
	else if (entry.modified != NULL)
		add_line(slot, "If-Modified-Since", entry.modified);
	cache_forget(&entry);
}

static int
set_request(struct http *http, struct slot *slot)
{
	const struct backlog_job *job = slot->job;
	const char *const *line = http->config.headers;

	for (; line != NULL && *line != NULL; line++)
		slot->lines = curl_slist_append(slot->lines, *line);
	if (add_authorization(http, slot) != 0)
		return -1;
	add_conditions(http, slot);
	curl_easy_setopt(slot->easy, CURLOPT_URL, job->url);
	if (job->request.body != NULL) {
		add_line(slot, "Content-Type", "application/json");
		curl_easy_setopt(slot->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE,
				 (long)strlen(job->request.body));
		curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS,
				 job->request.body);
	} else {
		curl_easy_setopt(slot->easy, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->lines);
	return 0;
}

/* --- answers -------------------------------------------------------------- */

static void
deliver(struct http *http, struct backlog_job *job, struct reply *reply)
{
	reply->public.url = job->url;
	if (reply->public.at == 0)
		reply->public.at = clock_now();
	if (reply->public.body == NULL)
		reply->public.body = "";
	if (!http->aborted && job->request.done != NULL)
		job->request.done(job->request.arg, &reply->public);
	reply_free(reply);
	backlog_job_free(job);
}

/* The cached body as the answer; false when there is none.  headers: those of
 * the 304, NULL when there was no answer. */
static bool
deliver_cached(struct http *http, struct backlog_job *job, const char *key,
	       const struct http_headers *headers)
{
	const struct http_headers none = { 0 };
	bool stale = headers == NULL;
	struct reply_raw raw = { .url = job->url, .status = 200 };
	struct reply reply = { 0 };
	struct cache_entry entry;

	if (http->cache == NULL || *key == '\0' ||
	    !cache_read(http->cache, key, &entry))
		return false;
	raw.body = entry.body;
	raw.len = entry.len;
	raw.headers = stale ? &none : headers;
	reply_cached(&reply, http->base, &raw, entry.next);
	reply.public.etag = entry.etag;
	reply.public.unchanged = !stale;
	reply.public.stale = stale;
	if (stale) {
		reply.public.at = entry.at;
		http->stats.from_cache++;
	} else {
		http->stats.unchanged++;
	}
	deliver(http, job, &reply);
	cache_forget(&entry);
	return true;
}

static void
deliver_failure(struct http *http, struct backlog_job *job, struct reply *reply,
		const char *key)
{
	enum outcome_class class = reply->public.class;
	bool down = class == OUTCOME_NETWORK_TIMEOUT ||
		    class == OUTCOME_TEMPORARY_SERVICE_ERROR ||
		    class == OUTCOME_SERVICE_DOWN;

	if (down && http->config.stale_if_error &&
	    deliver_cached(http, job, key, NULL)) {
		reply_free(reply);
		return;
	}
	deliver(http, job, reply);
}

static void
ask_again(struct http *http, struct backlog_job *job, int64_t wait)
{
	job->ready = wait == 0 ? 0 : clock_monotonic() + wait;
	http->stats.retries++;
	backlog_put(&http->backlog, job);
}

/* Tries again with backoff; false when the tries are used up, or the server
 * asks for more patience than we have. */
static bool
retry(struct http *http, struct backlog_job *job, int64_t hint)
{
	int64_t wait;

	if (http->stopping || job->tries >= http->config.retries)
		return false;
	wait = backoff_delay(++job->tries, RETRY_BASE, RETRY_CAP, ++http->seed);
	if (hint > wait)
		wait = hint;
	if (wait > http->config.max_wait && hint > 0)
		return false;
	ask_again(http, job, wait);
	return true;
}

static bool
is_worth_a_retry(CURLcode result)
{
	switch (result) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_FILESIZE_EXCEEDED:
	case CURLE_WRITE_ERROR:
		return false;
	default:
		return true;
	}
}

static enum outcome_class
fault_class(CURLcode result)
{
	switch (result) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return OUTCOME_CONFIGURATION;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_FILESIZE_EXCEEDED:
	case CURLE_WRITE_ERROR:
	case CURLE_BAD_CONTENT_ENCODING:
		return OUTCOME_DATA_FORMAT;
	default:
		return OUTCOME_NETWORK_TIMEOUT;
	}
}

/* After so many the service as a whole is down: a long queue does not have to
 * find out for each.  One broken repository has fewer lists than that. */
static void
count_failing(struct http *http, enum outcome_class class, const char *why)
{
	if (class != OUTCOME_NETWORK_TIMEOUT &&
	    class != OUTCOME_TEMPORARY_SERVICE_ERROR)
		return;
	http->failing++;
	if (http->config.stale_if_error && http->cache != NULL)
		http->offline = http->failing >= http->config.connections;
	else if (http->failing >= FAILING_MOST + 2 * http->config.connections)
		end_run(http, class, why, 0);
}

/* No answer, or a broken one. */
static void
judge_fault(struct http *http, struct slot *slot, struct backlog_job *job,
	    CURLcode result)
{
	enum outcome_class class = fault_class(result);
	struct reply reply = { 0 };

	if (result == CURLE_FILESIZE_EXCEEDED && slot->refused == NULL)
		slot->refused = "a body of more than 64 MiB";
	if (is_worth_a_retry(result) && retry(http, job, 0))
		return;
	reply_failed(&reply, class,
		     class == OUTCOME_DATA_FORMAT ? EX_PROTOCOL : 0, "%s",
		     slot->refused != NULL ? slot->refused
					   : curl_easy_strerror(result));
	count_failing(http, class, reply.why);
	deliver_failure(http, job, &reply, slot->key);
}

static void
store(struct http *http, const struct slot *slot, const struct reply *reply)
{
	struct cache_entry entry = { 0 };

	if (http->cache == NULL || reply->public.status != 200)
		return;
	entry.etag = (char *)headers_get(&slot->headers, "ETag");
	entry.modified = (char *)headers_get(&slot->headers, "Last-Modified");
	if (entry.etag == NULL && entry.modified == NULL &&
	    !http->config.stale_if_error)
		return;
	entry.next = reply->next;
	entry.at = clock_now();
	entry.body = slot->body;
	entry.len = slot->len;
	if (cache_write(http->cache, slot->key, &entry) != 0)
		http->stats.cache_broken = true;
}

static void
judge_success(struct http *http, struct slot *slot, struct backlog_job *job,
	      long status)
{
	struct reply reply = { 0 };
	struct reply_raw raw = { job->url, slot->body, slot->len, status,
				 &slot->headers };

	reply_good(&reply, http->base, &raw);
	if (reply.public.class == OUTCOME_NONE) {
		store(http, slot, &reply);
	} else if (reply.cut && retry(http, job, 0)) {
		reply_free(&reply);
		return;
	}
	if (reply.public.class == OUTCOME_NONE)
		deliver(http, job, &reply);
	else
		deliver_failure(http, job, &reply, slot->key);
}

static void
judge_redirect(struct http *http, struct slot *slot, struct backlog_job *job,
	       long status)
{
	const char *location = headers_get(&slot->headers, "Location");
	struct reply reply = { .public.status = status };
	char *target =
		location == NULL ? NULL : origin_resolve(job->url, location);

	if (target != NULL && origin_holds(http->base, target) &&
	    job->request.body == NULL && job->redirects < REDIRECTS_MOST) {
		free(job->url);
		job->url = target;
		job->redirects++;
		backlog_put(&http->backlog, job);
		return;
	}
	if (job->redirects >= REDIRECTS_MOST)
		reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "more than %d redirects", REDIRECTS_MOST);
	else
		reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "HTTP %ld to another origin, '%.200s'", status,
			     location == NULL ? "" : location);
	free(target);
	deliver_failure(http, job, &reply, slot->key);
}

static void
judge_unchanged(struct http *http, struct slot *slot, struct backlog_job *job)
{
	struct reply reply = { .public.status = 304 };

	if (deliver_cached(http, job, slot->key, &slot->headers))
		return;
	if (!job->no_cache) { /* it went while we asked */
		job->no_cache = true;
		ask_again(http, job, 0);
		return;
	}
	reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
		     "HTTP 304 to a question without conditions");
	deliver(http, job, &reply);
}

static bool
may_pass(long status)
{
	return status == 202 || status == 408 || status == 500 ||
	       (status >= 502 && status <= 504);
}

static void
judge_error(struct http *http, struct slot *slot, struct backlog_job *job,
	    const struct answer *answer)
{
	enum outcome_class class = answer_class(answer->status);
	int64_t hint = answer->gate.retry_after;
	struct reply reply = { .public.status = answer->status };

	if (may_pass(answer->status) && retry(http, job, hint))
		return;
	if (answer->status == 202)
		class = OUTCOME_TEMPORARY_SERVICE_ERROR;
	reply_failed(&reply, class, answer->status < 400 ? EX_PROTOCOL : 0,
		     "%s", answer->message);
	reply.public.headers = &slot->headers;
	reply.public.body = slot->body;
	reply.public.len = slot->len;
	if (hint > 0)
		reply.public.not_before = clock_now() + hint;
	count_failing(http, class, reply.why);
	if (answer->status == 401) {
		end_run(http, class, reply.why, 0);
		http->aborted = true;
	}
	deliver_failure(http, job, &reply, slot->key);
}

/* A limit: true when the request waits, or the run ends of it. */
static bool
judge_limit(struct http *http, struct backlog_job *job,
	    const struct answer *answer)
{
	int64_t wait, now = clock_monotonic();

	switch (gate_judge(&http->gate, &answer->gate, now, ++http->seed,
			   &wait)) {
	case GATE_AGAIN:
		ask_again(http, job, 0);
		return true;
	case GATE_LATER:
		if (++job->limited > LIMITED_MOST ||
		    wait > http->config.max_wait)
			return false;
		ask_again(http, job, wait);
		return true;
	case GATE_GIVE_UP:
		end_run(http, OUTCOME_API_RATE_LIMIT, answer->message,
			clock_now() + wait);
		backlog_put(&http->backlog, job);
		return true;
	default:
		return false;
	}
}

static void
judge_answer(struct http *http, struct slot *slot, struct backlog_job *job,
	     long status)
{
	struct answer answer;

	answer_read(&answer, status, &slot->headers,
		    slot->len > 0 ? slot->body : NULL, clock_now());
	if (status < 500)
		http->failing = 0;
	if (answer.limit >= 0)
		http->stats.quota_limit = answer.limit;
	if (answer.gate.remaining >= 0)
		http->stats.quota_left = answer.gate.remaining;
	if (answer.gate.reset_in >= 0)
		http->stats.quota_reset = clock_now() + answer.gate.reset_in;
	if (judge_limit(http, job, &answer))
		return;
	if (status == 304)
		judge_unchanged(http, slot, job);
	else if (status == 301 || status == 302 || status == 307 ||
		 status == 308)
		judge_redirect(http, slot, job, status);
	else if (status >= 200 && status < 300 && status != 202)
		judge_success(http, slot, job, status);
	else
		judge_error(http, slot, job, &answer);
}

/* --- the loop ------------------------------------------------------------- */

static void
begin(struct http *http, struct slot *slot, struct backlog_job *job)
{
	struct reply reply = { 0 };

	if (!origin_holds(http->base, job->url)) {
		reply_failed(&reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "another origin, '%.200s'", job->url);
		deliver(http, job, &reply);
		return;
	}
	slot->job = job;
	slot->len = 0;
	slot->refused = NULL;
	headers_reset(&slot->headers);
	if (set_request(http, slot) != 0) {
		wipe_lines(slot);
		slot->job = NULL;
		backlog_job_free(job);
		return;
	}
	if (http->offline) {
		wipe_lines(slot);
		slot->job = NULL;
		reply_failed(&reply, OUTCOME_SERVICE_DOWN, 0,
			     "not asked before its time, and not in the cache");
		deliver_failure(http, job, &reply, slot->key);
		return;
	}
	gate_sent(&http->gate, clock_monotonic());
	http->stats.requests++;
	http->under_way++;
	curl_multi_add_handle(http->multi, slot->easy);
}

static void
finish(struct http *http, struct slot *slot, CURLcode result)
{
	struct backlog_job *job = slot->job;
	curl_off_t took = 0;
	long status = 0;

	curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(slot->easy, CURLINFO_TOTAL_TIME_T, &took);
	curl_multi_remove_handle(http->multi, slot->easy);
	wipe_lines(slot);
	slot->job = NULL;
	http->under_way--;
	http->stats.bytes_in += (int64_t)slot->len;
	if (slot->size == 0)
		make_room(slot, 1);
	slot->body[slot->len] = '\0';
	if (result == CURLE_OK) {
		meter_add(&http->meter, (double)took / 1000);
		judge_answer(http, slot, job, status);
	} else {
		judge_fault(http, slot, job, result);
	}
	if (slot->size > BODY_KEPT) {
		free(slot->body);
		slot->body = NULL;
		slot->size = 0;
	}
}

static struct slot *
free_slot(struct http *http)
{
	unsigned i;

	for (i = 0; i < http->config.connections; i++)
		if (http->slots[i].job == NULL)
			return &http->slots[i];
	return NULL;
}

/* False while the gate is closed; ends the run when it is so for too long. */
static bool
gate_is_open(struct http *http, int64_t now)
{
	int64_t wait = gate_opens(&http->gate, now) - now;

	if (wait <= 0) {
		if (http->closed_since != 0)
			http->stats.waited_ms += now - http->closed_since;
		http->closed_since = 0;
		return true;
	}
	if (wait > http->config.max_wait) {
		end_run(http, OUTCOME_API_RATE_LIMIT,
			"the quota is spent for longer than --max-wait",
			clock_now() + wait);
	} else if (http->closed_since == 0) {
		http->closed_since = now;
		http->stats.waits++;
	}
	return false;
}

static void
begin_ready(struct http *http)
{
	int64_t now = clock_monotonic();
	struct backlog_job *job;
	struct slot *slot;

	while (!http->stopping && backlog_length(&http->backlog) > 0 &&
	       (slot = free_slot(http)) != NULL &&
	       (http->offline || gate_is_open(http, now)) &&
	       (job = backlog_take(&http->backlog, now)) != NULL)
		begin(http, slot, job);
}

static bool
collect(struct http *http)
{
	CURLMsg *message;
	bool any = false;
	int left;

	while (!http->aborted &&
	       (message = curl_multi_info_read(http->multi, &left)) != NULL) {
		struct slot *slot = NULL;
		CURLcode result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  &slot);
		finish(http, slot, result);
		any = true;
	}
	return any;
}

static void
tick(struct http *http)
{
	int64_t now = clock_monotonic();

	if (http->config.tick == NULL || now - http->ticked < TICK)
		return;
	http->ticked = now;
	http->config.tick(http->config.tick_arg);
}

static void
wait_for_something(struct http *http)
{
	int64_t now = clock_monotonic(), until = now + TICK;
	int64_t next = backlog_next_time(&http->backlog);
	int64_t opens = gate_opens(&http->gate, now);

	if (next < until)
		until = next;
	if (opens > now && opens < until)
		until = opens;
	curl_multi_poll(http->multi, NULL, 0,
			until > now ? (int)(until - now) : 0, NULL);
}

static bool
is_over(const struct http *http)
{
	return http->aborted ||
	       (http->under_way == 0 &&
		(http->stopping || backlog_length(&http->backlog) == 0));
}

int
http_run(struct http *http)
{
	int running;

	for (;;) {
		begin_ready(http);
		if (is_over(http))
			break;
		if (curl_multi_perform(http->multi, &running) != CURLM_OK)
			msg_die(EX_OSERR, "cannot go on: out of memory");
		if (!collect(http))
			wait_for_something(http);
		tick(http);
	}
	if (http->code == EX_OK && http->stopping)
		http->code = EX_TEMPFAIL;
	return http->code;
}

/* --- the face ------------------------------------------------------------- */

static bool
is_usable(const char *url, char **why)
{
	if (!origin_is_url(url))
		*why = msg_strdup("it is no http or https URL");
	else if (!origin_is_https(url) && !origin_is_loopback(url))
		*why = msg_strdup("plain http is for loopback only");
	else
		return true;
	return false;
}

static void
open_curl(struct http *http)
{
	long most = (long)http->config.connections;
	unsigned i;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (http->multi = curl_multi_init()) == NULL ||
	    (http->share = curl_share_init()) == NULL)
		msg_die(EX_OSERR, "cannot set up 'libcurl'");
	curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
	curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, most);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, most);
	curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	curl_share_setopt(http->share, CURLSHOPT_SHARE,
			  CURL_LOCK_DATA_SSL_SESSION);
	http->slots =
		msg_calloc(http->config.connections, sizeof(*http->slots));
	for (i = 0; i < http->config.connections; i++)
		open_slot(http, &http->slots[i]);
}

/* Nothing is sent before config.not_before. */
static void
hold_back(struct http *http)
{
	int64_t wait = http->config.not_before - clock_now();

	if (http->config.not_before == 0 || wait <= 0)
		return;
	http->gate.closed_until = clock_monotonic() + wait;
	if (wait <= http->config.max_wait)
		return;
	if (http->config.stale_if_error && http->cache != NULL)
		http->offline = true;
	else
		end_run(http, OUTCOME_SERVICE_DOWN,
			"the service is not to be asked before its time",
			http->config.not_before);
}

struct http *
http_open(const struct http_config *config, char **why)
{
	struct http *http;
	const char *identity = config->identity;
	int64_t bytes =
		config->cache_bytes > 0 ? config->cache_bytes : CACHE_BYTES;

	if (!is_usable(config->base_url, why))
		return NULL;
	http = msg_calloc(1, sizeof(*http));
	http->config = *config;
	if (http->config.connections == 0)
		http->config.connections = 1;
	http->base = msg_strdup(config->base_url);
	http->seed = (uint64_t)clock_monotonic() * 65537 + (uint64_t)getpid();
	http->stats.quota_left = http->stats.quota_limit = -1;
	if (identity != NULL) {
		struct crypto_part part = { identity, strlen(identity) };

		crypto_sha256_hex(&part, 1, http->identity);
	}
	gate_open(&http->gate, config->requests_per_minute,
		  config->requests_per_hour);
	open_curl(http);
	if (config->cache_dir != NULL) {
		http->cache = cache_open(config->cache_dir, bytes, why);
		if (http->cache == NULL) {
			http_close(http);
			return NULL;
		}
	}
	hold_back(http);
	return http;
}

void
http_close(struct http *http)
{
	unsigned i;

	if (http == NULL)
		return;
	for (i = 0; i < http->config.connections; i++)
		close_slot(&http->slots[i]);
	free(http->slots);
	curl_multi_cleanup(http->multi);
	curl_share_cleanup(http->share);
	curl_global_cleanup();
	backlog_free(&http->backlog);
	gate_close(&http->gate);
	cache_close(http->cache);
	free(http->base);
	free(http);
}

void
http_send(struct http *http, const struct http_request *request)
{
	char *url = origin_below(http->base, request->url);

	backlog_put(&http->backlog, backlog_job(request, url));
}

void
http_stop(struct http *http)
{
	http->stopping = true;
}

bool
http_is_stopping(const struct http *http)
{
	return http->stopping;
}

const char *
http_why(const struct http *http)
{
	return http->why;
}

enum outcome_class
http_class(const struct http *http)
{
	return http->class;
}

int64_t
http_not_before(const struct http *http)
{
	return http->not_before;
}

size_t
http_waiting(const struct http *http)
{
	return backlog_length(&http->backlog) + http->under_way;
}

unsigned
http_under_way(const struct http *http)
{
	return http->under_way;
}

int64_t
http_opens(const struct http *http)
{
	int64_t now = clock_monotonic();
	int64_t wait = gate_opens(&http->gate, now) - now;

	return wait > 0 ? clock_now() + wait : 0;
}

struct http_stats
http_stats(const struct http *http)
{
	struct http_stats stats = http->stats;

	stats.ms_mean = meter_mean(&http->meter);
	stats.ms_p95 = meter_quantile(&http->meter, 0.95);
	return stats;
}

const char *
http_header(const struct http_reply *reply, const char *name)
{
	return reply->headers == NULL ? NULL
				      : headers_get(reply->headers, name);
}
