#include "net/jiralogin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* How we prove who we are; the secret is the token alone. */
struct jira_login {
	struct secret *token;
	const char *email; /* NULL: Bearer */
	char *own_email;
};

const char *const jira_headers[] = {
	"Accept: application/json",
	"X-Atlassian-Token: no-check",
	NULL,
};

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* Writes to out, which has room for 4/3 and a NUL. */
static void
base64(const unsigned char *in, size_t len, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t i;

	for (i = 0; i < len; i += 3) {
		unsigned long bits = (unsigned long)in[i] << 16;

		if (i + 1 < len)
			bits |= (unsigned long)in[i + 1] << 8;
		if (i + 2 < len)
			bits |= in[i + 2];
		*out++ = digits[bits >> 18 & 63];
		*out++ = digits[bits >> 12 & 63];
		*out++ = digits[i + 1 < len ? bits >> 6 & 63 : 64];
		*out++ = digits[i + 2 < len ? bits & 63 : 64];
	}
	*out = '\0';
}

int
jira_login_authorize(void *arg, char *value, size_t size, const char **why)
{
	const struct jira_login *login = arg;
	const char *token = secret_text(login->token);
	size_t email = login->email == NULL ? 0 : strlen(login->email);
	size_t len = email + 1 + strlen(token);
	char *pair;

	*why = "the token is too long";
	if (login->email == NULL)
		return snprintf(value, size, "Bearer %s", token) < (int)size
			       ? 0
			       : -1;
	if (strlen("Basic ") + (len + 2) / 3 * 4 + 1 > size)
		return -1;
	pair = msg_calloc(len + 1, 1);
	snprintf(pair, len + 1, "%s:%s", login->email, token);
	snprintf(value, size, "Basic ");
	base64((const unsigned char *)pair, len, value + strlen("Basic "));
	explicit_bzero(pair, len);
	free(pair);
	return 0;
}

/* JIRA_TOKEN, or a token without an e-mail, is one of Data Center. */
static void
pick_email(struct jira_login *login, const struct settings_jira *settings)
{
	const char *email = environment("JIRA_EMAIL");

	if (settings->email != NULL)
		email = settings->email;
	if (email != NULL)
		login->own_email = msg_strdup(email);
	login->email = login->own_email;
	if (environment("JIRA_TOKEN") != NULL &&
	    environment("JIRA_API_TOKEN") == NULL)
		login->email = NULL;
}

static struct secret *
find_token(struct source *source, const struct jira_login *login,
	   const char *flavor, struct source_problem *problem)
{
	static const char *const basic[] = { "JIRA_API_TOKEN", "JIRA_TOKEN",
					     NULL };
	const struct source_token token = {
		.credential = "jira_token",
		.reference = &source_client(source)->jira.api_token,
		.variables = basic,
		.setting = "jira.api_token",
	};

	if (login->email == NULL && environment("JIRA_API_TOKEN") != NULL &&
	    environment("JIRA_TOKEN") == NULL &&
	    (flavor == NULL || strcmp(flavor, "dc") != 0)) {
		*problem = (struct source_problem){
			.code = EX_NOPERM,
			.class = OUTCOME_AUTHENTICATION,
			.why = msg_strdup("cannot use 'JIRA_API_TOKEN': no "
					  "e-mail to go with it; set "
					  "JIRA_EMAIL or jira.email in the "
					  "settings"),
		};
		return NULL;
	}
	return source_token(source, &token, problem);
}

struct jira_login *
jira_login_open(struct source *source, const char *flavor,
		struct source_problem *problem)
{
	struct jira_login *login = msg_calloc(1, sizeof(*login));

	pick_email(login, &source_client(source)->jira);
	login->token = find_token(source, login, flavor, problem);
	if (login->token != NULL)
		return login;
	jira_login_free(login);
	return NULL;
}

void
jira_login_free(struct jira_login *login)
{
	if (login == NULL)
		return;
	secret_free(login->token);
	free(login->own_email);
	free(login);
}
