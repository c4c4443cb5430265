#include "net/source.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/envelope.h"
#include "net/items.h"
#include "net/progress.h"
#include "net/scopes.h"
#include "records/ndjson.h"

enum { GRACE = 10000, FLUSH_AT = 512 << 10 };

struct source {
	const struct source_kind *kind;
	struct source_opts opts;
	struct settings *settings;
	struct settings_client client;
	struct envelope envelope;
	struct scopes scopes;
	struct progress *progress;
	struct http *http;
	struct ndjson_out *out;
	size_t buffered;
	int out_error; /* errno of the first write that failed */
	uint64_t records;
	int64_t started;
	int64_t closed; /* ms: when the last checkpoint line was printed */
	bool stopping, gentle;
	int64_t asked_at;	   /* clock_monotonic of the TERM */
	struct source_item *items; /* NULL: the option is not given */
	size_t item_count;
	struct source_problem end; /* what ends the whole run */
	struct source_token token; /* where the credential comes from */
};

static volatile sig_atomic_t asked_to_stop;
static volatile sig_atomic_t asked_how_far;
static volatile sig_atomic_t asked_second; /* of the monotonic clock */

/* A TERM to the process group comes twice, for spool-put passes its own on; one
 * that comes later is meant. */
static void
on_signal(int number)
{
	struct timespec now = { 0 };

	if (number == SIGUSR1) {
		asked_how_far = 1;
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (asked_to_stop == 0) {
		asked_second = (sig_atomic_t)now.tv_sec;
	} else if (now.tv_sec - asked_second > 1) {
		signal(number, SIG_DFL);
		raise(number);
	}
	asked_to_stop = 1;
}

static void
catch_signals(void)
{
	struct sigaction stop = { .sa_handler = on_signal,
				  .sa_flags = SA_RESTART };
	struct sigaction tell = { .sa_handler = on_signal,
				  .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (sigaction(SIGTERM, &stop, NULL) != 0 ||
	    sigaction(SIGINT, &stop, NULL) != 0 ||
	    sigaction(SIGUSR1, &tell, NULL) != 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) != 0)
		msg_die(EX_OSERR, "cannot catch 'signals': %s",
			strerror(errno));
}

static char *
format_text(const char *format, va_list args)
{
	char text[2048];

	vsnprintf(text, sizeof(text), format, args);
	return msg_strdup(text);
}

static void __attribute__((format(printf, 3, 4)))
refuse(struct source_problem *problem, enum outcome_class class,
       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*problem = (struct source_problem){ .code = outcome_code(class),
					    .class = class,
					    .why = format_text(format, args) };
	va_end(args);
}

static bool
check_types(const struct source *source, struct source_problem *problem)
{
	char *word = options_unknown_type(&source->opts, source->kind);
	const char *near;

	if (word == NULL)
		return true;
	near = cli_nearest(word, source->kind->types);
	refuse(problem, OUTCOME_USAGE, "cannot fetch '%s': unknown type%s%s",
	       word, near != NULL ? ", did you mean " : "",
	       near != NULL ? near : "");
	free(word);
	return false;
}

/* Without a file any number may be a client; all have the defaults then. */
static bool
pick_client(struct source *source, struct source_problem *problem)
{
	const char *id =
		source->opts.client != NULL ? source->opts.client : "1";
	const struct settings_client *known =
		settings_client(source->settings, id);
	char *end;

	if (known != NULL) {
		source->client = *known;
		return true;
	}
	if (source->settings->root != NULL) {
		refuse(problem, OUTCOME_CONFIGURATION,
		       "cannot use client '%s': '%s' has no such client", id,
		       source->settings->root->file);
		return false;
	}
	source->client = source->settings->clients[0];
	errno = 0;
	source->client.id = strtoll(id, &end, 10);
	if (errno == 0 && end != id && *end == '\0' && source->client.id > 0)
		return true;
	refuse(problem, OUTCOME_USAGE,
	       "cannot use client '%s': not a number from 1", id);
	return false;
}

static bool
load_settings(struct source *source, struct source_problem *problem)
{
	char *path = home_config(source->opts.config);
	char *why = NULL;

	source->settings = settings_load(path, &why);
	free(path);
	if (source->settings != NULL)
		return pick_client(source, problem);
	refuse(problem, OUTCOME_CONFIGURATION, "cannot read 'settings': %s",
	       why);
	free(why);
	return false;
}

static bool
load_cursors(struct source *source, struct source_problem *problem)
{
	char *why = NULL;

	if (source->opts.checkpoint == NULL)
		return true;
	source->scopes.file = checkpoint_load(source->opts.checkpoint, &why);
	if (source->scopes.file != NULL)
		return true;
	refuse(problem, OUTCOME_DATA_FORMAT, "cannot read 'cursors': %s", why);
	free(why);
	return false;
}

static bool
load_items(struct source *source, struct source_problem *problem)
{
	char *why = NULL;

	if (source->opts.items == NULL)
		return true;
	source->items =
		items_read(source->opts.items, &source->item_count, &why);
	if (source->items != NULL)
		return true;
	refuse(problem, OUTCOME_DATA_FORMAT, "cannot read '%s': %s",
	       source->opts.items, why);
	free(why);
	return false;
}

static void
discard(struct source *source)
{
	http_close(source->http);
	scopes_free(&source->scopes);
	jsonw_free(&source->envelope.line);
	if (source->items != NULL)
		items_free(source->items, source->item_count);
	settings_free(source->settings);
	free(source);
}

struct source *
source_open(const struct source_kind *kind, const struct source_opts *opts,
	    struct source_problem *problem)
{
	struct source *source = msg_calloc(1, sizeof(*source));
	const char *job = getenv("PULSE_JOB");

	*problem = (struct source_problem){ 0 };
	source->kind = kind;
	source->opts = *opts;
	source->started = clock_now();
	if (!load_settings(source, problem) || !check_types(source, problem) ||
	    !load_cursors(source, problem) || !load_items(source, problem)) {
		discard(source);
		return NULL;
	}
	source->envelope.client = source->client.id;
	source->envelope.source = kind->name;
	source->envelope.job = job != NULL && *job != '\0' ? job : kind->job;
	source->progress = progress_open(!opts->quiet && !opts->no_progress);
	source->out = ndjson_out(STDOUT_FILENO);
	catch_signals();
	return source;
}

bool
source_wants(const struct source *source, const char *type)
{
	return options_want(&source->opts, source->kind, type);
}

const struct settings_client *
source_client(const struct source *source)
{
	return &source->client;
}

int64_t
source_started(const struct source *source)
{
	return source->started;
}

const struct source_item *
source_items(const struct source *source, size_t *count)
{
	*count = source->item_count;
	return source->items;
}

static void
name_variables(const char *const *variables, char *out, size_t size)
{
	size_t len = 0;

	*out = '\0';
	for (; *variables != NULL && len < size; variables++)
		len += (size_t)snprintf(out + len, size - len, "%s%s",
					len > 0 ? " or " : "", *variables);
}

struct secret *
source_token(struct source *source, const struct source_token *token,
	     struct source_problem *problem)
{
	const struct secret_places places = {
		.credential = token->reference->credential != NULL
				      ? token->reference->credential
				      : token->credential,
		.given = source->opts.token_file,
		.file = token->reference->file,
		.env = token->reference->env,
		.variables = token->variables,
	};
	char *why = NULL;
	struct secret *secret = secret_open(&places, &why);
	char variables[256];

	source->token = *token;
	if (secret != NULL)
		return secret;
	name_variables(token->variables, variables, sizeof(variables));
	if (why != NULL)
		refuse(problem, OUTCOME_AUTHENTICATION,
		       "cannot read 'the token': %s", why);
	else
		refuse(problem, OUTCOME_AUTHENTICATION,
		       "cannot use '%s': no token; set %s, --token-file, or "
		       "%s in the settings",
		       source->kind->name, variables, token->setting);
	free(why);
	return NULL;
}

static void
tick(void *arg)
{
	struct source *source = arg;
	unsigned long requests = http_stats(source->http).requests;

	if (asked_to_stop && !source->stopping) {
		source->stopping = true;
		source->asked_at = clock_monotonic();
	}
	if (source->stopping &&
	    (!source->gentle || clock_monotonic() - source->asked_at >= GRACE))
		http_stop(source->http);
	if (asked_how_far) {
		asked_how_far = 0;
		progress_say(source->progress, requests);
	}
	progress_tick(source->progress, requests);
}

/* The breaker is open: the scheduler said so, we need not ask again. */
static bool
is_held(const struct source *source, int64_t *not_before,
	struct source_problem *problem)
{
	const char *text = getenv("PULSE_NOT_BEFORE");

	*not_before = 0;
	if (text == NULL || !times_parse(text, strlen(text), not_before) ||
	    *not_before <= clock_now() ||
	    (source->opts.stale_if_error && source->opts.cache != NULL))
		return false;
	refuse(problem, OUTCOME_SERVICE_DOWN,
	       "cannot fetch: the service is down, held until %s", text);
	problem->not_before = *not_before;
	return true;
}

struct http *
source_connect(struct source *source, const struct source_api *api,
	       struct source_problem *problem)
{
	struct http_config config = {
		.base_url = source->opts.base_url != NULL
				    ? source->opts.base_url
				    : api->base_url,
		.headers = api->headers,
		.authorize = api->authorize,
		.authorize_arg = api->authorize_arg,
		.identity = api->identity,
		.connections = (unsigned)(source->opts.connections > 0
						  ? source->opts.connections
						  : 1),
		.retries = (unsigned)api->retries,
		.backoff_factor = api->backoff_factor,
		.cache_dir = source->opts.cache,
		.stale_if_error = source->opts.stale_if_error,
		.max_wait = source->opts.max_wait,
		.timeout = api->timeout,
		.requests_per_hour = (unsigned)api->requests_per_hour,
		.requests_per_minute = (unsigned)api->requests_per_minute,
		.ca_file = api->ca_file,
		.proxy = api->proxy,
		.tick = tick,
		.tick_arg = source,
	};
	char *why = NULL;

	if (is_held(source, &config.not_before, problem))
		return NULL;
	source->http = http_open(&config, &why);
	if (source->http == NULL)
		refuse(problem, OUTCOME_CONFIGURATION, "cannot use '%s': %s",
		       config.base_url, why);
	free(why);
	return source->http;
}

static void
keep_end(struct source *source, const struct source_problem *end)
{
	if (source->end.code != EX_OK) {
		free(end->why);
		return;
	}
	source->end = *end;
	http_stop(source->http);
}

/* A refused credential is named by its setting. */
static char *
why_it_ended(const struct source *source)
{
	char variables[256], text[1024];

	if (source->stopping)
		return msg_strdup("stopped by a signal");
	if (http_class(source->http) != OUTCOME_AUTHENTICATION ||
	    source->token.setting == NULL ||
	    strncmp(http_why(source->http), "HTTP ", 5) != 0)
		return msg_strdup(http_why(source->http));
	name_variables(source->token.variables, variables, sizeof(variables));
	snprintf(text, sizeof(text),
		 "cannot use '%s': the token was refused (%s); it is that of "
		 "%s%s--token-file or %s",
		 source->kind->name, http_why(source->http), variables,
		 *variables == '\0' ? "" : ", ", source->token.setting);
	return msg_strdup(text);
}

int
source_run(struct source *source)
{
	int code;

	if (source->end.code != EX_OK)
		return source->end.code;
	code = http_run(source->http);
	if (code == EX_OK && source->gentle && source->stopping)
		code = EX_TEMPFAIL;
	if (code == EX_OK || source->end.code != EX_OK)
		return source->end.code;
	keep_end(source,
		 &(struct source_problem){
			 .code = code,
			 .class = source->stopping
					  ? OUTCOME_TEMPORARY_SERVICE_ERROR
					  : http_class(source->http),
			 .not_before = http_not_before(source->http),
			 .why = why_it_ended(source) });
	return code;
}

bool
source_stopping(const struct source *source)
{
	return source->stopping || source->end.code != EX_OK;
}

bool
source_is_signalled(void)
{
	return asked_to_stop != 0;
}

void
source_be_gentle(struct source *source)
{
	source->gentle = true;
}

bool
source_has_ended(const struct source *source)
{
	return source->end.code != EX_OK;
}

void
source_abort(struct source *source, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_end(source,
		 &(struct source_problem){ .code = code,
					   .class = outcome_of_code(code),
					   .why = format_text(format, args) });
	va_end(args);
}

void
source_abort_reply(struct source *source, const struct http_reply *reply,
		   const char *subject)
{
	char text[2048];

	snprintf(text, sizeof(text), "cannot fetch '%s': %s", subject,
		 reply->why);
	keep_end(source,
		 &(struct source_problem){ .code = reply->code,
					   .class = reply->class,
					   .not_before = reply->not_before,
					   .why = msg_strdup(text) });
}

static void
flush(struct source *source)
{
	source->buffered = 0;
	if (ndjson_flush(source->out) == 0 || source->out_error != 0)
		return;
	source->out_error = errno;
	http_stop(source->http);
}

/* Prints the envelope's line; only whole lines leave the buffer. */
static void
put(struct source *source)
{
	const struct jsonw *line = &source->envelope.line;

	if (source->opts.dry_run)
		return;
	ndjson_put(source->out, line->text, line->len);
	source->buffered += line->len;
	if (source->buffered >= FLUSH_AT)
		flush(source);
}

void
source_emit(struct source *source, const struct source_record *record)
{
	const struct source_failure too_long = {
		.scope = record->scope,
		.entity = record->type,
		.key = record->key,
		.class = OUTCOME_DATA_FORMAT,
		.reason = "longer than a line may be, 16 MiB",
	};

	if (record->len > NDJSON_LONGEST - 4096) {
		source_fail(source, &too_long);
		return;
	}
	envelope_record(&source->envelope, record,
			record->fetched_at != 0 ? record->fetched_at
						: clock_now());
	put(source);
	source->records++;
}

const char *
source_cursor(const struct source *source, const char *scope, size_t *len)
{
	return scopes_cursor(&source->scopes, scope, len);
}

bool
source_each_cursor(const struct source *source, size_t i, const char **scope,
		   const char **cursor, size_t *len)
{
	return source->scopes.file != NULL &&
	       checkpoint_each(source->scopes.file, i, scope, cursor, len);
}

void
source_checkpoint(struct source *source, const char *scope, const char *cursor,
		  size_t len)
{
	struct envelope_step step = { .scope = scope,
				      .cursor = cursor,
				      .cursor_len = len };

	step.from = scopes_cursor(&source->scopes, scope, &step.from_len);
	source->closed = clock_now();
	envelope_checkpoint(&source->envelope, &step, source->closed);
	scopes_remember(&source->scopes, scope, cursor, len);
	put(source);
	flush(source);
}

void
source_keys(struct source *source, const struct source_keys *keys)
{
	envelope_keys(&source->envelope, keys,
		      keys->at != 0 ? keys->at : clock_now());
	put(source);
}

void
source_fail(struct source *source, const struct source_failure *failure)
{
	bool item = failure->key != NULL;
	int64_t at = clock_now();

	if (source_has_ended(source))
		return;
	/* A checkpoint resolves what failed of its scope until then: the
	 * failure that comes behind it is later, also within one ms. */
	if (at <= source->closed)
		at = source->closed + 1;
	envelope_failure(&source->envelope, failure, at);
	put(source);
	scopes_failed(&source->scopes,
		      failure->code != 0 ? failure->code
					 : outcome_code(failure->class),
		      item);
	if (item)
		source_tell(source, "cannot fetch '%s %s %s': %s",
			    failure->scope, failure->entity, failure->key,
			    failure->reason);
	else
		source_tell(source, "cannot fetch '%s': %s", failure->scope,
			    failure->reason);
}

void
source_resolved(struct source *source, const char *scope, const char *entity,
		const char *key)
{
	const struct source_item item = { scope, entity, key };

	envelope_resolved(&source->envelope, &item, clock_now());
	source->scopes.items_resolved++;
	put(source);
}

void
source_completed(struct source *source, const char *scope)
{
	scopes_completed(&source->scopes, scope);
}

void
source_progress(struct source *source, uint64_t done, uint64_t total,
		const char *op)
{
	progress_set(source->progress, done, total, op);
}

void
source_tell(const struct source *source, const char *format, ...)
{
	va_list args;
	char *text;

	if (source->opts.quiet)
		return;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	progress_clear(source->progress);
	msg_say("%s", text);
	free(text);
}

const char *
source_about(double hours, char out[SOURCE_ABOUT])
{
	double minutes = hours * 60;

	if (minutes < 1)
		snprintf(out, SOURCE_ABOUT, "less than a minute");
	else if (minutes < 1.5)
		snprintf(out, SOURCE_ABOUT, "about a minute");
	else if (minutes < 59.5)
		snprintf(out, SOURCE_ABOUT, "about %.0f minutes", minutes);
	else
		snprintf(out, SOURCE_ABOUT, "about %.1f hours", hours);
	return out;
}

static void
tell_costs(const struct source *source)
{
	const struct http_stats s = http_stats(source->http);

	source_tell(source,
		    "%" PRIu64 " records, %lu requests (%lu retries, %lu "
		    "unchanged, %lu from the cache), %lld bytes, %.0f ms a "
		    "response (95%% under %.0f), %lu waits of %lld ms, %lld s",
		    source->records, s.requests, s.retries, s.unchanged,
		    s.from_cache, (long long)s.bytes_in, s.ms_mean, s.ms_p95,
		    s.waits, (long long)s.waited_ms,
		    (long long)(clock_now() - source->started) / 1000);
}

static int
judge(const struct source *source, struct source_problem *problem)
{
	int code = scopes_code(&source->scopes);

	if (source->out_error == EPIPE)
		return EX_IOERR;
	if (source->out_error != 0) {
		refuse(problem, OUTCOME_DISK,
		       "cannot write 'standard output': %s",
		       strerror(source->out_error));
		return EX_IOERR;
	}
	if (source->end.code != EX_OK) {
		*problem = source->end;
		return problem->code;
	}
	if (code != EX_OK && code != EX_PARTIAL)
		refuse(problem, outcome_of_code(code),
		       "cannot fetch '%s': nothing could be completed",
		       source->kind->name);
	return code;
}

int
source_end(struct source *source, struct source_problem *problem)
{
	struct http_stats stats = { 0 };
	int code;

	*problem = (struct source_problem){ 0 };
	flush(source);
	if (ndjson_out_close(source->out) != 0 && source->out_error == 0)
		source->out_error = errno;
	code = judge(source, problem);
	if (problem->why != source->end.why)
		free(source->end.why);
	problem->code = code;
	if (source->http != NULL && source->opts.verbose)
		tell_costs(source);
	if (source->http != NULL)
		stats = http_stats(source->http);
	progress_close(source->progress, &stats, source->records);
	source->progress = NULL;
	discard(source);
	return code;
}
