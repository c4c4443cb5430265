/*
 * source - what all fetchers share: options, the token, the cursors they start
 * from, and the lines they print (pulse-records(5)).
 *
 *   struct opts { struct source_opts source; ... own options ... } opts;
 *   source_defaults(&opts.source);            then cli_parse, the cli naming
 *                                             source_options as .shared
 *   source = source_open(&kind, &opts.source, &problem);
 *   settings = source_client(source);
 *   secret = source_token(source, &token, &problem);
 *   http = source_connect(source, &api, &problem);
 *   ...http_send the first requests; their done functions emit and send...
 *   source_run(source);                       until all is done; may be called
 *                                             again for a next round
 *   code = source_end(source, &problem);      frees it
 *
 * What returns NULL fills in *problem, which the tool reports once and leaves
 * with.  A fetcher holds no state of its own: what it must remember travels in
 * checkpoint lines.
 *
 * stdout is written in whole lines and flushed at each checkpoint line.  TERM
 * and INT ask for an end at the next checkpoint, with 75; a second one, two
 * seconds later or more, ends at once.  USR1 prints a progress line.  Progress
 * and failures are told on stderr as they come, unless quiet.
 */
#ifndef PULSE_SOURCE_H
#define PULSE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "base/settings.h"
#include "net/http.h"
#include "net/options.h"
#include "records/json.h"

/* Why it cannot go on.  why is allocated and may be NULL (nothing to say). */
struct source_problem {
	int code;
	enum outcome_class class;
	int64_t not_before;
	char *why;
};

struct source; /* one run */

struct source *source_open(const struct source_kind *kind,
			   const struct source_opts *opts,
			   struct source_problem *problem);
const struct settings_client *source_client(const struct source *source);
/* True when --types is not given or names it (github_pr, or just pr). */
bool source_wants(const struct source *source, const char *type);
int64_t source_started(const struct source *source); /* ms */

struct source_token {
	const char *credential; /* file name in $CREDENTIALS_DIRECTORY */
	const struct form_secret *reference;
	const char *const *variables; /* NULL-ended */
	const char *setting;	      /* "github.token", named when missing */
};
/* The caller frees it with secret_free after source_end; variables and setting
 * must live as long. */
struct secret *source_token(struct source *source,
			    const struct source_token *token,
			    struct source_problem *problem);

/* What differs by API.  --base-url wins over base_url. */
struct source_api {
	const char *base_url;
	const char *const *headers; /* NULL-ended */
	int (*authorize)(void *arg, char *value, size_t size, const char **why);
	void *authorize_arg;
	const char *identity; /* as in http_config; may be NULL */
	int64_t retries, backoff_factor, requests_per_hour, requests_per_minute;
	const char *ca_file, *proxy;
	int64_t timeout; /* as in http_config */
};
/* Owned by the source.  Problem 69 while $PULSE_NOT_BEFORE is ahead. */
struct http *source_connect(struct source *source, const struct source_api *api,
			    struct source_problem *problem);

/* http_run with progress and signals.  EX_OK, or what ends the whole run. */
int source_run(struct source *source);
/* TERM has come: emit a checkpoint where the scope can be taken up again. */
bool source_stopping(const struct source *source);
/* Has a TERM or INT come to this process, whichever source it had then? */
bool source_is_signalled(void);
/* TERM then stops nothing for 10 s: the fetcher asks source_stopping before it
 * begins something new, and source_run ends with 75 when it is idle. */
void source_be_gentle(struct source *source);
/* The run has ended as a whole; failures are not told any more. */
bool source_has_ended(const struct source *source);
/* Ends the whole run: like a refused token, whatever was still under way. */
void source_abort(struct source *source, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Likewise as a reply says: "cannot fetch 'SUBJECT': why". */
void source_abort_reply(struct source *source, const struct http_reply *reply,
			const char *subject);

/* The last line is out: 0; 121; the worst code; what source_run said; or 74
 * when stdout could not be written (without a word when the reader left). */
int source_end(struct source *source, struct source_problem *problem);

/* One line of data.  bytes: the API's object as it came; line breaks between
 * tokens are made spaces here.  updated_at: a span of a time (or of a number,
 * ms since the epoch), or absent, or NULL. */
struct source_record {
	const char *type, *scope, *key;
	const struct json_span *updated_at;
	const char *ext; /* what the fetcher itself found out, as a JSON
			    object put before data, or NULL */
	const char *bytes;
	size_t len;
	int64_t fetched_at; /* when its reply came; 0: now */
};
void source_emit(struct source *source, const struct source_record *record);

/* The cursor this run starts from, NULL when there is none; and the line that
 * brings the scope from its last cursor (remembered here) to this one. */
const char *source_cursor(const struct source *source, const char *scope,
			  size_t *len);
void source_checkpoint(struct source *source, const char *scope,
		       const char *cursor, size_t len);

/* Cursor i of the file, from 0; false after the last. */
bool source_each_cursor(const struct source *source, size_t i,
			const char **scope, const char **cursor, size_t *len);

/* "At this time exactly these exist."  at: before the list was asked for. */
struct source_keys {
	const char *of, *scope;
	const char *parent; /* or NULL */
	const char *const *keys;
	size_t count;
	int64_t at; /* 0: now */
};
void source_keys(struct source *source, const struct source_keys *keys);

struct source_failure {
	const char *scope, *entity, *key; /* entity and key NULL: the scope */
	enum outcome_class class;
	int code;  /* 0: of the class */
	long http; /* status, 0: none */
	const char *reason;
	int64_t not_before; /* 0: none */
};
/* Prints and counts it; but nothing once the whole run has ended, for what was
 * dropped then has not failed. */
void source_fail(struct source *source, const struct source_failure *failure);
void source_resolved(struct source *source, const char *scope,
		     const char *entity, const char *key);
/* A scope is complete: counts for 0 and 121. */
void source_completed(struct source *source, const char *scope);

/* Where the run is; shown by tick.  total 0: not known. */
void source_progress(struct source *source, uint64_t done, uint64_t total,
		     const char *op);
/* One line on stderr unless quiet, such as how long a first load takes. */
void source_tell(const struct source *source, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* How long something is thought to take, for such a line: "less than a
 * minute", "about 20 minutes", "about 2.5 hours".  Returns out. */
enum { SOURCE_ABOUT = 32 };
const char *source_about(double hours, char out[SOURCE_ABOUT]);

/* --items: the failed items to fetch, NULL when the option is not given. */
struct source_item {
	const char *scope, *entity, *key;
};
const struct source_item *source_items(const struct source *source,
				       size_t *count);

#endif
