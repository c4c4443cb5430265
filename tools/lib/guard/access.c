#include "guard/access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/msg.h"
#include "guard/hosts.h"
#include "guard/rates.h"
#include "guard/tokens.h"

enum {
	WRITE_EVERY = 200,
	WRITE_BURST = 10,
	TRY_EVERY = 6000,
	TRY_BURST = 10,
	TELL_EVERY = 60000,
	TELL_BURST = 10
};

struct access {
	struct access_options options;
	struct hosts hosts;
	struct tokens tokens;
	struct rates *writes, *tries, *tells;
	bool complained; /* of the file of tokens, since it was good */
	uid_t last;	 /* the peer whose name was looked up last */
	char last_name[COMMAND_TEXT];
};

struct access *
access_open(const struct access_options *options)
{
	struct access *access = msg_calloc(1, sizeof(*access));

	access->options = *options;
	access->hosts =
		(struct hosts){ .port = options->port, .more = options->hosts };
	access->writes = rates_new(WRITE_EVERY, WRITE_BURST);
	access->tries = rates_new(TRY_EVERY, TRY_BURST);
	access->tells = rates_new(TELL_EVERY, TELL_BURST);
	return access;
}

void
access_close(struct access *access)
{
	if (access == NULL)
		return;
	tokens_free(&access->tokens);
	rates_free(access->writes);
	rates_free(access->tries);
	rates_free(access->tells);
	free(access);
}

static void
say(const struct access *access, const char *format, ...)
{
	char text[512];
	va_list args;

	if (access->options.say == NULL)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	access->options.say(access->options.arg, text);
}

/* Fills in the refusal and returns its status. */
static unsigned
refuse(struct access_refusal *refusal, unsigned status, const char *code,
       const char *hint, const char *message)
{
	*refusal = (struct access_refusal){ .code = code, .hint = hint };
	snprintf(refusal->message, sizeof(refusal->message), "%s", message);
	return status;
}

/* --- the screen ----------------------------------------------------------- */

static unsigned
screen_host(const struct access *access, const struct httpd_request *request,
	    const char *host, struct access_refusal *refusal)
{
	if (httpd_header_count(request, "Host") != 1 || !hosts_is_one(host))
		return refuse(refusal, 400, "bad_request",
			      "send one Host, such as localhost",
			      "the request has no proper Host");
	if (hosts_allow(&access->hosts, host))
		return 0;
	return refuse(refusal, 421, "unknown_host",
		      "pulse-web --host NAME lets it be asked by NAME",
		      "this server is not asked by that name");
}

/* What a browser fetches without an Origin for another site's sake; but a link
 * to the page may stand anywhere. */
static bool
is_fetched_by_others(const struct httpd_request *request)
{
	const char *site = httpd_header(request, "Sec-Fetch-Site");
	const char *mode = httpd_header(request, "Sec-Fetch-Mode");
	const char *use = httpd_header(request, "Sec-Fetch-Dest");
	bool link = mode != NULL && strcmp(mode, "navigate") == 0 &&
		    use != NULL && strcmp(use, "document") == 0 &&
		    strcmp(request->method, "GET") == 0;

	return site != NULL && strcmp(site, "same-origin") != 0 &&
	       strcmp(site, "none") != 0 && !link;
}

static bool
is_foreign(const struct access *access, const struct httpd_request *request,
	   const char *host)
{
	const char *origin = httpd_header(request, "Origin");

	if (origin == NULL)
		return is_fetched_by_others(request);
	return httpd_header_count(request, "Origin") != 1 ||
	       !hosts_allow_origin(&access->hosts, origin, host);
}

unsigned
access_screen(struct access *access, const struct httpd_request *request,
	      struct access_refusal *refusal)
{
	const char *host = httpd_header(request, "Host");
	unsigned status =
		screen_host(access, request, host != NULL ? host : "", refusal);

	if (status != 0)
		return status;
	if (!is_foreign(access, request, host))
		return 0;
	return refuse(refusal, 403, "foreign_origin",
		      "only pages of this server may ask it; pulse-web --host "
		      "NAME makes NAME one of its names",
		      "a page of another site asks");
}

/* --- who ------------------------------------------------------------------ */

/* A slow look-up (LDAP) is done once, as long as the same one asks. */
static const char *
name_of(struct access *access, uid_t uid)
{
	const struct passwd *user;

	if (*access->last_name != '\0' && access->last == uid)
		return access->last_name;
	user = getpwuid(uid);
	access->last = uid;
	if (user != NULL)
		snprintf(access->last_name, COMMAND_TEXT, "%s", user->pw_name);
	else
		snprintf(access->last_name, COMMAND_TEXT, "uid %ld", (long)uid);
	return access->last_name;
}

static void
know_peer(struct access *access, const struct httpd_peer *peer,
	  struct access_who *who)
{
	struct stat st;
	bool owner = fstat(access->options.rooms->spool, &st) == 0 &&
		     st.st_uid == peer->uid;

	who->known = true;
	who->role = owner || peer->uid == 0 ? COMMAND_ADMIN
					    : access->options.group_role;
	snprintf(who->name, sizeof(who->name), "%s",
		 name_of(access, peer->uid));
	snprintf(who->from, sizeof(who->from), "uid %ld", (long)peer->uid);
}

static bool
is_address(const char *text)
{
	unsigned char bits[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, bits) == 1 ||
	       inet_pton(AF_INET6, text, bits) == 1;
}

/* The proxy has added the last entry; those before it came from outside. */
static bool
read_forwarded(const struct httpd_request *request, char out[64])
{
	const char *list = httpd_header(request, "X-Forwarded-For");
	const char *last;
	size_t len;

	if (list == NULL || httpd_header_count(request, "X-Forwarded-For") != 1)
		return false;
	last = strrchr(list, ',');
	last = last != NULL ? last + 1 : list;
	last += strspn(last, " \t");
	len = strcspn(last, " \t");
	if (len >= 64 || last[len + strspn(last + len, " \t")] != '\0')
		return false;
	memcpy(out, last, len);
	out[len] = '\0';
	return is_address(out);
}

static void
say_from(const struct access *access, const struct httpd_request *request,
	 const struct httpd_peer *peer, struct access_who *who)
{
	if (access->options.proxied && read_forwarded(request, who->from))
		return;
	snprintf(who->from, sizeof(who->from), "%s",
		 *peer->address != '\0' ? peer->address : "a proxy");
}

/* The tokens as they are now; what is wrong with their file is said once. */
static const struct tokens *
tokens_of(struct access *access)
{
	char *why;

	if (tokens_read(&access->tokens, access->options.rooms, &why) == 0) {
		access->complained = false;
		return &access->tokens;
	}
	if (!access->complained)
		say(access, "cannot use %s; nobody is let in by a token", why);
	access->complained = true;
	free(why);
	return &access->tokens;
}

static void
know_token(const struct token *token, struct access_who *who)
{
	who->known = true;
	who->role = token->role;
	who->until = token->expires;
	snprintf(who->name, sizeof(who->name), "token %s", token->name);
	snprintf(who->token, sizeof(who->token), "%s", token->id);
}

static unsigned
refuse_try(struct access *access, int64_t now, const struct access_who *who,
	   struct access_refusal *refusal)
{
	int64_t wait;
	enum rates_answer answer =
		rates_take(access->tries, who->from, now, &wait);

	if (answer == RATES_YES)
		return refuse(refusal, 401, "unauthorized",
			      "pulse token ls shows which there are, pulse "
			      "token add makes one",
			      "there is no such token, or it has ended");
	if (answer == RATES_SPENT)
		say(access, "%d wrong tokens from %s, more are answered 429",
		    TRY_BURST, who->from);
	refuse(refusal, 429, "too_many_requests", "look at the token",
	       "too many wrong tokens came from this address");
	refusal->retry_after = (wait + 999) / 1000;
	return 429;
}

/* The text of `Bearer TEXT`, NULL when it has not that form. */
static const char *
read_bearer(const char *value)
{
	static const char scheme[] = "Bearer ";

	if (value == NULL ||
	    strncasecmp(value, scheme, sizeof(scheme) - 1) != 0)
		return NULL;
	value += sizeof(scheme) - 1;
	value += strspn(value, " ");
	return *value != '\0' && strpbrk(value, " \t,") == NULL ? value : NULL;
}

static unsigned
know_bearer(struct access *access, const struct httpd_request *request,
	    int64_t now, struct access_who *who, struct access_refusal *refusal)
{
	const char *text = read_bearer(httpd_header(request, "Authorization"));
	const struct token *token;

	if (httpd_header_count(request, "Authorization") == 0)
		return refuse(refusal, 401, "unauthorized",
			      "send Authorization: Bearer TOKEN; pulse token "
			      "add makes one",
			      "a token is needed");
	if (text == NULL || httpd_header_count(request, "Authorization") != 1)
		return refuse(refusal, 400, "bad_request",
			      "send it once, as Authorization: Bearer TOKEN",
			      "that is no Authorization of ours");
	token = tokens_find(tokens_of(access), text, now);
	if (token == NULL)
		return refuse_try(access, now, who, refusal);
	know_token(token, who);
	return 0;
}

unsigned
access_who(struct access *access, const struct httpd_request *request,
	   bool needed, int64_t now, struct access_who *who,
	   struct access_refusal *refusal)
{
	struct httpd_peer peer;

	*who = (struct access_who){ .known = false };
	httpd_peer(request, &peer);
	if (peer.local && !access->options.proxied) {
		know_peer(access, &peer, who);
		return 0;
	}
	say_from(access, request, &peer, who);
	if (!needed && httpd_header_count(request, "Authorization") == 0)
		return 0;
	return know_bearer(access, request, now, who, refusal);
}

static const char *
key_of(const struct access_who *who)
{
	return *who->token != '\0' ? who->token : who->from;
}

unsigned
access_may_write(struct access *access, const struct access_who *who,
		 int64_t now, struct access_refusal *refusal)
{
	int64_t wait;

	if (rates_take(access->writes, key_of(who), now, &wait) == RATES_YES)
		return 0;
	refuse(refusal, 429, "too_many_requests",
	       "an emergency stop is never too many",
	       "more than 5 commands a second");
	refusal->retry_after = (wait + 999) / 1000;
	return 429;
}

bool
access_is_told_of(struct access *access, const struct access_who *who,
		  int64_t now)
{
	int64_t wait;
	enum rates_answer answer =
		rates_take(access->tells, key_of(who), now, &wait);

	if (answer == RATES_SPENT)
		say(access,
		    "%d commands were refused to %s from %s for the role, of "
		    "more one a minute is put on record",
		    TELL_BURST, who->name, who->from);
	return answer == RATES_YES;
}

bool
access_holds(struct access *access, const struct access_who *who, int64_t now)
{
	const struct token *token;

	if (*who->token == '\0')
		return who->known;
	token = tokens_by_id(tokens_of(access), who->token);
	return token != NULL && !tokens_has_ended(token, now) &&
	       token->role == who->role;
}
