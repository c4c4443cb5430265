/*
 * jiralogin - how fetch-jira proves who it is: an e-mail address with its
 * token (Cloud, Basic), or a token alone (Data Center, Bearer).
 *
 *   login = jira_login_open(source, flavor, &problem);
 *   api.authorize = jira_login_authorize, api.authorize_arg = login
 *   jira_login_free(login);              after source_end
 */
#ifndef PULSE_JIRALOGIN_H
#define PULSE_JIRALOGIN_H

#include "net/source.h"

struct jira_login;

/* flavor: "auto", "cloud", "dc", or NULL.  NULL with *problem: no token (77).
 */
struct jira_login *jira_login_open(struct source *source, const char *flavor,
				   struct source_problem *problem);
int jira_login_authorize(void *arg, char *value, size_t size, const char **why);
void jira_login_free(struct jira_login *login);

extern const char *const jira_headers[]; /* of every request, NULL-ended */

#endif
