#include "net/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/msg.h"
#include "net/headers.h"
#include "net/judge.h"
#include "net/meter.h"
#include "net/origin.h"

enum {
	BODY_MOST = 64 << 20,
	BODY_KEPT = 4 << 20, /* a larger buffer is given back after its page */
	AUTHORIZATION_MOST = 16384,
	TICK = 250, /* ms */
	CONNECT_TIMEOUT = 10000,
	REQUEST_TIMEOUT = 600000,
	CACHE_BYTES = 512 << 20
};

static const char too_large[] = "a body of more than 64 MiB";

struct slot { /* one transfer at a time; its buffers are used again */
	struct http *http;
	CURL *easy;
	struct curl_slist *lines;
	struct backlog_job *job; /* NULL: free */
	char *body;
	size_t len, size;
	struct http_headers headers;
	const char *refused; /* why we broke the transfer off, or NULL */
};

struct http {
	struct judge judge;
	char identity[CRYPTO_HEX];
	CURLM *multi;
	CURLSH *share;
	struct slot *slots;
	unsigned under_way;
	struct meter meter;
	int64_t ticked, closed_since;
};

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
		slot->refused = too_large;
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
	const struct http_config *config = &http->judge.config;
	const char *scheme =
		origin_is_https(http->judge.base) ? "https" : "http";

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
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
			 (long)http->judge.config.timeout);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1000L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 60L);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT,
			 origin_is_https(http->judge.base) ? 1L : 0L);
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
	const struct http_config *config = &http->judge.config;
	char value[AUTHORIZATION_MOST];
	const char *why = "no credential";
	struct crypto_part part = { value, 0 };

	if (config->authorize == NULL)
		return 0;
	if (config->authorize(config->authorize_arg, value, sizeof(value),
			      &why) != 0) {
		judge_end(&http->judge, OUTCOME_AUTHENTICATION, why, 0);
		http->judge.aborted = true;
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

	if (http->judge.cache == NULL)
		return;
	cache_key(http->identity, job->url, job->request.body, job->key);
	if (job->no_cache || !cache_peek(http->judge.cache, job->key, &entry))
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
	const char *const *line = http->judge.config.headers;

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

/* --- faults ------------------------------------------------------------ */

/* What is not here is a network that may be better in a moment. */
static const struct fault {
	CURLcode result;
	enum outcome_class class;
	bool again;
} faults[] = {
	{ CURLE_PEER_FAILED_VERIFICATION, OUTCOME_CONFIGURATION, false },
	{ CURLE_SSL_CACERT_BADFILE, OUTCOME_CONFIGURATION, false },
	{ CURLE_UNSUPPORTED_PROTOCOL, OUTCOME_DATA_FORMAT, false },
	{ CURLE_URL_MALFORMAT, OUTCOME_DATA_FORMAT, false },
	{ CURLE_WEIRD_SERVER_REPLY, OUTCOME_DATA_FORMAT, false },
	{ CURLE_FILESIZE_EXCEEDED, OUTCOME_DATA_FORMAT, false },
	{ CURLE_WRITE_ERROR, OUTCOME_DATA_FORMAT, false },
	{ CURLE_BAD_CONTENT_ENCODING, OUTCOME_DATA_FORMAT, true },
};

static struct judge_fault
describe_fault(CURLcode result)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].result == result)
			return (struct judge_fault){ .class = faults[i].class,
						     .why = curl_easy_strerror(
							     result),
						     .again = faults[i].again };
	return (struct judge_fault){ .class = OUTCOME_NETWORK_TIMEOUT,
				     .why = curl_easy_strerror(result),
				     .again = true };
}

/* No answer, or a broken one. */
static void
take_fault(struct http *http, struct slot *slot, struct backlog_job *job,
	   CURLcode result)
{
	struct judge_fault fault = describe_fault(result);

	if (result == CURLE_FILESIZE_EXCEEDED)
		fault.why = too_large;
	if (slot->refused != NULL)
		fault.why = slot->refused;
	judge_fault(&http->judge, job, &fault);
}

/* --- the loop ------------------------------------------------------------- */

static void
begin(struct http *http, struct slot *slot, struct backlog_job *job)
{
	if (!origin_holds(http->judge.base, job->url)) {
		judge_refuse(&http->judge, job, OUTCOME_DATA_FORMAT,
			     EX_PROTOCOL, "it is at another origin");
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
	if (http->judge.offline) {
		wipe_lines(slot);
		slot->job = NULL;
		judge_refuse(&http->judge, job, OUTCOME_SERVICE_DOWN, 0,
			     "the API is down and the cache has no answer");
		return;
	}
	gate_sent(&http->judge.gate, clock_monotonic());
	http->judge.stats.requests++;
	http->under_way++;
	curl_multi_add_handle(http->multi, slot->easy);
}

static void
finish(struct http *http, struct slot *slot, CURLcode result)
{
	struct backlog_job *job = slot->job;
	struct reply_raw raw = { .url = job->url, .headers = &slot->headers };
	curl_off_t took = 0;

	curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &raw.status);
	curl_easy_getinfo(slot->easy, CURLINFO_TOTAL_TIME_T, &took);
	curl_multi_remove_handle(http->multi, slot->easy);
	wipe_lines(slot);
	slot->job = NULL;
	http->under_way--;
	http->judge.stats.bytes_in += (int64_t)slot->len;
	if (slot->size == 0)
		make_room(slot, 1);
	slot->body[slot->len] = '\0';
	raw.body = slot->body;
	raw.len = slot->len;
	if (result == CURLE_OK) {
		meter_add(&http->meter, (double)took / 1000);
		judge_answer(&http->judge, job, &raw);
	} else {
		take_fault(http, slot, job, result);
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

	for (i = 0; i < http->judge.config.connections; i++)
		if (http->slots[i].job == NULL)
			return &http->slots[i];
	return NULL;
}

/* False while the gate is closed; ends the run when it is so for too long. */
static bool
gate_is_open(struct http *http, int64_t now)
{
	int64_t wait = gate_opens(&http->judge.gate, now) - now;

	if (wait <= 0) {
		if (http->closed_since != 0)
			http->judge.stats.waited_ms += now - http->closed_since;
		http->closed_since = 0;
		return true;
	}
	if (wait > http->judge.config.max_wait) {
		judge_end(&http->judge, OUTCOME_API_RATE_LIMIT,
			  "the quota is spent for longer than --max-wait",
			  clock_now() + wait);
	} else if (http->closed_since == 0) {
		http->closed_since = now;
		http->judge.stats.waits++;
	}
	return false;
}

static void
begin_ready(struct http *http)
{
	int64_t now = clock_monotonic();
	struct backlog_job *job;
	struct slot *slot;

	while (!http->judge.stopping &&
	       backlog_length(&http->judge.backlog) > 0 &&
	       (slot = free_slot(http)) != NULL &&
	       (http->judge.offline || gate_is_open(http, now)) &&
	       (job = backlog_take(&http->judge.backlog, now)) != NULL)
		begin(http, slot, job);
}

/*
 * Takes one finished transfer, if there is one.  One only: what its page leads
 * to is sent before the next page is looked at, or connections that once
 * answered together would wait for each other's pages ever after.
 */
static bool
collect(struct http *http)
{
	struct slot *slot = NULL;
	CURLMsg *message;
	int left;

	do {
		message = curl_multi_info_read(http->multi, &left);
		if (message == NULL)
			return false;
	} while (message->msg != CURLMSG_DONE);
	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
	finish(http, slot, message->data.result);
	return true;
}

static void
tick(struct http *http)
{
	int64_t now = clock_monotonic();

	if (http->judge.config.tick == NULL || now - http->ticked < TICK)
		return;
	http->ticked = now;
	http->judge.config.tick(http->judge.config.tick_arg);
}

static void
wait_for_something(struct http *http)
{
	int64_t now = clock_monotonic(), until = now + TICK;
	int64_t next = backlog_next_time(&http->judge.backlog);
	int64_t opens = gate_opens(&http->judge.gate, now);

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
	return http->judge.aborted ||
	       (http->under_way == 0 &&
		(http->judge.stopping ||
		 backlog_length(&http->judge.backlog) == 0));
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
	if (http->judge.code == EX_OK && http->judge.stopping)
		http->judge.code = EX_TEMPFAIL;
	return http->judge.code;
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
	long most = (long)http->judge.config.connections;
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
	http->slots = msg_calloc(http->judge.config.connections,
				 sizeof(*http->slots));
	for (i = 0; i < http->judge.config.connections; i++)
		open_slot(http, &http->slots[i]);
}

/* Nothing is sent before config.not_before. */
static void
hold_back(struct http *http)
{
	int64_t wait = http->judge.config.not_before - clock_now();

	if (http->judge.config.not_before == 0 || wait <= 0)
		return;
	http->judge.gate.closed_until = clock_monotonic() + wait;
	if (wait <= http->judge.config.max_wait)
		return;
	if (http->judge.config.stale_if_error && http->judge.cache != NULL)
		http->judge.offline = true;
	else
		judge_end(&http->judge, OUTCOME_SERVICE_DOWN,
			  "the service is not to be asked before its time",
			  http->judge.config.not_before);
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
	http->judge.config = *config;
	if (http->judge.config.connections == 0)
		http->judge.config.connections = 1;
	if (http->judge.config.timeout == 0)
		http->judge.config.timeout = REQUEST_TIMEOUT;
	http->judge.base = msg_strdup(config->base_url);
	http->judge.seed =
		(uint64_t)clock_monotonic() * 65537 + (uint64_t)getpid();
	http->judge.stats.quota_left = http->judge.stats.quota_limit = -1;
	if (identity != NULL) {
		struct crypto_part part = { identity, strlen(identity) };

		crypto_sha256_hex(&part, 1, http->identity);
	}
	gate_open(&http->judge.gate, config->requests_per_minute,
		  config->requests_per_hour);
	open_curl(http);
	if (config->cache_dir != NULL) {
		http->judge.cache = cache_open(config->cache_dir, bytes, why);
		if (http->judge.cache == NULL) {
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
	for (i = 0; i < http->judge.config.connections; i++)
		close_slot(&http->slots[i]);
	free(http->slots);
	curl_multi_cleanup(http->multi);
	curl_share_cleanup(http->share);
	curl_global_cleanup();
	backlog_free(&http->judge.backlog);
	gate_close(&http->judge.gate);
	cache_close(http->judge.cache);
	free(http->judge.base);
	free(http);
}

void
http_send(struct http *http, const struct http_request *request)
{
	char *url = origin_below(http->judge.base, request->url);

	backlog_put(&http->judge.backlog, backlog_job(request, url));
}

void
http_stop(struct http *http)
{
	http->judge.stopping = true;
}

bool
http_is_stopping(const struct http *http)
{
	return http->judge.stopping;
}

const char *
http_why(const struct http *http)
{
	return http->judge.why;
}

enum outcome_class
http_class(const struct http *http)
{
	return http->judge.class;
}

int64_t
http_not_before(const struct http *http)
{
	return http->judge.not_before;
}

size_t
http_waiting(const struct http *http)
{
	return backlog_length(&http->judge.backlog) + http->under_way;
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
	int64_t wait = gate_opens(&http->judge.gate, now) - now;

	return wait > 0 ? clock_now() + wait : 0;
}

struct http_stats
http_stats(const struct http *http)
{
	struct http_stats stats = http->judge.stats;

	stats.ms_mean = meter_mean(&http->meter);
	stats.ms_p95 = meter_quantile(&http->meter, 0.95);
	return stats;
}

const char *
http_library(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}

const char *
http_header(const struct http_reply *reply, const char *name)
{
	return reply->headers == NULL ? NULL
				      : headers_get(reply->headers, name);
}
