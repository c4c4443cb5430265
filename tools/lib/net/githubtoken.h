/*
 * githubtoken - how fetch-github proves who it is: a token as it is, or the
 * tokens of an hour that a GitHub App gets for its installation by a JWT
 * signed with its private key.  They are renewed five minutes before they end.
 *
 *   token = github_token_open(source, settings, base_url, &problem);
 *   api.authorize = github_token_authorize, api.authorize_arg = token
 *   github_token_free(token);            after source_end
 */
#ifndef PULSE_GITHUBTOKEN_H
#define PULSE_GITHUBTOKEN_H

#include "net/source.h"

struct github_token;

struct github_token *github_token_open(struct source *source,
				       const char *base_url,
				       struct source_problem *problem);
int github_token_authorize(void *arg, char *value, size_t size,
			   const char **why);
/* For the keys of the cache; NULL: the token itself. */
const char *github_token_identity(const struct github_token *token);
void github_token_free(struct github_token *token);

#endif
