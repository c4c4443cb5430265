/*
 * payload - the objects of GitHub's REST API 2022-11-28 as JSON, with all
 * documented fields, in real size.  The same object always gives the same
 * bytes; a changed one (revision) gives others.
 *
 * Every call writes one value to out.
 */
#ifndef PULSE_PAYLOAD_H
#define PULSE_PAYLOAD_H

#include "base/jsonw.h"
#include "demo/repo.h"

struct payload {
	const struct world *world;
	const struct repo *repo; /* NULL for users and the organisation */
	bool later;		 /* as version 2026-03-10: some fields gone */
};

/* Prepares the repository and user objects, which most others repeat. */
void payload_prepare(struct world *world);
void payload_prepare_repo(struct world *world, struct repo *repo);
void payload_forget(struct world *world);

/* null for deleted accounts */
void payload_user(const struct payload *p, unsigned person, struct jsonw *out);
void payload_organisation(const struct payload *p, struct jsonw *out);
void payload_repo(const struct payload *p, struct jsonw *out);
void payload_pull(const struct payload *p, const struct pull *pull, bool whole,
		  struct jsonw *out);
void payload_review(const struct payload *p, const struct pull *pull,
		    const struct review *review, struct jsonw *out);
void payload_comment(const struct payload *p, const struct comment *comment,
		     struct jsonw *out);
void payload_issue(const struct payload *p, const struct issue *issue,
		   struct jsonw *out);
/* A pull request as the list of issues shows it. */
void payload_pull_issue(const struct payload *p, const struct pull *pull,
			struct jsonw *out);
void payload_commit(const struct payload *p, unsigned commit, bool whole,
		    struct jsonw *out);
void payload_deployment(const struct payload *p,
			const struct deployment *deployment, struct jsonw *out);
void payload_status(const struct payload *p,
		    const struct deployment *deployment, unsigned status,
		    struct jsonw *out);
void payload_release(const struct payload *p, const struct release *release,
		     struct jsonw *out);

/* key and value, where jsonw_put_string and its like will not do */
void payload_time(struct jsonw *out, const char *key, int64_t ms); /* 0: null */
void payload_null(struct jsonw *out, const char *key);
void payload_format(struct jsonw *out, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
