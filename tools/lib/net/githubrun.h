/*
 * githubrun - one run of fetch-github: what all its walks share.
 *
 * A repository is read by several streams (pull requests, comments, commits,
 * ...), each of which asks, emits, and notes in repo->out what is out.  Since
 * the parts of a cursor stand for themselves, a checkpoint may be printed at
 * any time: github_out() asks for one after enough requests or seconds.  A
 * stream ends by asking nothing more; when the last one has, the repository is
 * complete.  Repositories are begun in order, the next whenever connections
 * would be idle.
 *
 *   github_add(run, repo); ...   then source_run()
 *   github_finish(run);          the last checkpoints
 */
#ifndef PULSE_GITHUBRUN_H
#define PULSE_GITHUBRUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/githubcursor.h"
#include "net/http.h"
#include "net/source.h"
#include "records/json.h"

enum github_type {
	GITHUB_REPO,
	GITHUB_PR,
	GITHUB_REVIEW,
	GITHUB_PR_COMMIT,
	GITHUB_COMMENT,
	GITHUB_ISSUE,
	GITHUB_COMMIT,
	GITHUB_DEPLOYMENT,
	GITHUB_STATUS,
	GITHUB_RELEASE,
	GITHUB_TYPES
};
extern const char *const github_types[]; /* "github_repo", ...; NULL-ended */

/* Values of a row that a walk looks at. */
enum github_value {
	GITHUB_ID,
	GITHUB_NUMBER,
	GITHUB_SHA,
	GITHUB_CREATED,
	GITHUB_UPDATED,
	GITHUB_STATE,
	GITHUB_FULL_NAME,
	GITHUB_OWNER,
	GITHUB_BRANCH,
	GITHUB_ARCHIVED,
	GITHUB_DISABLED,
	GITHUB_FORK,
	GITHUB_ISSUE_URL,
	GITHUB_PULL_URL,
	GITHUB_PULL, /* an issue that is a pull request has it */
	GITHUB_TAG,
	GITHUB_TARGET,
	GITHUB_DRAFT,
	GITHUB_BASE_SHA,
	GITHUB_HEAD_SHA,
	GITHUB_STATUS_TEXT, /* of a comparison */
	GITHUB_TOTAL,
	GITHUB_VALUES
};

struct github_row {
	struct json_span whole;
	struct json_span values[GITHUB_VALUES];
};

struct github_repo;

struct github_run {
	struct source *source;
	struct http *http;
	const struct settings_github *settings;
	unsigned connections;
	int64_t floor;	 /* how far back first walks go, ms */
	int64_t until;	 /* nothing newer; 0: no bound */
	int64_t overlap; /* ms */
	bool wants[GITHUB_TYPES];
	bool any_since; /* floor was given on the command line */
	struct json_paths *paths;
	struct github_repo **repos;
	size_t count, size, begun, ended;
	bool held;		   /* no repository is begun yet */
	bool told_stale;	   /* that the cache answers */
	struct github_call *calls; /* under way */
	unsigned long requests;	   /* when checkpoints were printed last */
	int64_t printed;
};

/* Each stream's own memory begins with this; what is left at the end is freed
 * with the repository. */
struct github_stream;

struct github_repo {
	struct github_run *run;
	char *scope;  /* owner/name */
	char *branch; /* percent-encoded, or NULL: the default one */
	struct github_cursor out;
	unsigned pending; /* answers to come */
	bool begun, ended, failed, changed;
	struct source_failure failure; /* the first of its lists */
	struct github_stream *streams;
	struct github_probe { /* of the first load */
		bool known;
		int64_t top;
		long count, deployments;
	} probe;
};

struct github_stream {
	void (*free)(struct github_stream *stream);
	struct github_stream *next, **link;
};

void githubrun_open(struct github_run *run);
void githubrun_close(struct github_run *run);

/* Takes up the cursor of scope, or of its old name. */
struct github_repo *github_repo(struct github_run *run, const char *scope,
				const char *id, const char *branch);
void github_add(struct github_run *run, struct github_repo *repo);
void github_repo_free(struct github_repo *repo);
/* Begins what is idle; called after each answer, and once at the start. */
void github_turn(struct github_run *run);
void github_finish(struct github_run *run);

/* Smaller goes first: the rest of what lies below a row, since its cursor waits
 * for it; then what lies below others; then the next page of rows. */
enum github_urgency { GITHUB_MORE, GITHUB_BELOW, GITHUB_LIST };

typedef void github_answer(void *arg, const struct http_reply *reply);

/*
 * Asks for a page of this repository.  A page that GitHub could not make in
 * time (502, 504 after all tries) is asked again at half its size; answer
 * hears only the end.  url is absolute, or a path.
 */
void github_ask(struct github_repo *repo, enum github_urgency urgency,
		const char *url, github_answer *answer, void *arg);
/* "/repos/SCOPE" + the formatted rest, allocated. */
char *github_path(const struct github_repo *repo, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A branch or tag as part of a URL: percent-encoded, allocated. */
char *github_encode(const char *text);

/* The rows of a page, which is an array, or such an array inside it. */
struct json_walk github_rows(const struct http_reply *reply);
bool github_next_row(const struct github_run *run, struct json_walk *rows,
		     struct github_row *row);
/* The one object that a reply is; false when it is none. */
bool github_only_row(const struct github_run *run,
		     const struct http_reply *reply, struct github_row *row);
int64_t github_time(const struct github_row *row, enum github_value value);
int64_t github_integer(const struct github_row *row, enum github_value value);

struct github_record {
	enum github_type type;
	const char *key;
	const char *ext;
	bool no_version; /* its updated_at is no part of its version */
};
void github_emit(struct github_repo *repo, const struct github_record *record,
		 const struct github_row *row, const struct http_reply *reply);

/* A list failed: the repository holds its cursor there and is not complete. */
void github_fail(struct github_repo *repo, const char *what,
		 const struct http_reply *reply);
void github_fail_format(struct github_repo *repo, const char *what,
			const char *why);
/* Something of repo->out has changed. */
void github_out(struct github_repo *repo);
void github_own(struct github_repo *repo, struct github_stream *stream);
void github_disown(struct github_stream *stream); /* frees it */

#endif
