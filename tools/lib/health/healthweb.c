#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/times.h"
#include "guard/audit.h"
#include "guard/tokens.h"
#include "health/healthrun.h"

enum { ENDS_SOON = 14 };
static const int64_t day = 86400000;

static const char of_tokens[] = "tokens.ndjson", of_audit[] = "audit.ndjson";

/* --- tokens --------------------------------------------------------------- */

/* A token that was made for a few days ends soon because it is to. */
static void
judge_end(struct health_run *run, const struct token *token,
	  const struct finding *about)
{
	struct finding finding = *about;
	int64_t left = token->expires - run->now;
	char at[TIMES_SIZE], way[256];

	if (left >= ENDS_SOON * day ||
	    token->expires - token->made <= ENDS_SOON * day)
		return;
	times_format_seconds(token->expires, at);
	snprintf(way, sizeof(way),
		 "pulse token add --role %s NAME makes the next one; pulse "
		 "token rm %s when nobody uses it any more",
		 command_role_name(token->role), token->name);
	finding.level = FINDING_WARN;
	finding.class = OUTCOME_AUTHENTICATION;
	finding.value = at;
	finding.way_out = way;
	findings_add(run->found, &finding, "it ends on %.10s, in %lld days", at,
		     (long long)(left / day));
}

static void
judge_token(struct health_run *run, const struct token *token)
{
	char subject[TOKENS_NAME + 8], way[256];
	struct finding finding = { .check = "web", .subject = subject };

	snprintf(subject, sizeof(subject), "token %s", token->name);
	if (token->expires != 0) {
		judge_end(run, token, &finding);
	} else if (token->role == COMMAND_ADMIN) {
		snprintf(way, sizeof(way),
			 "pulse token add --role admin NAME makes one that "
			 "ends; pulse token rm %s",
			 token->name);
		finding.level = FINDING_NOTE;
		finding.way_out = way;
		findings_add(run->found, &finding,
			     "it may do all, and never ends");
	}
}

static void
tell_ended(struct health_run *run, const struct token *ended, size_t count)
{
	char way[128];
	struct finding finding = { .check = "web",
				   .subject = of_tokens,
				   .level = FINDING_NOTE,
				   .way_out = way };

	if (count == 0)
		return;
	snprintf(way, sizeof(way), "pulse token rm %s", ended->name);
	findings_add(run->found, &finding,
		     count == 1 ? "%zu token has ended: '%s'"
				: "%zu tokens have ended, such as '%s'",
		     count, ended->name);
}

static void
judge_each(struct health_run *run, const struct tokens *tokens)
{
	struct finding finding = { .check = "web", .subject = of_tokens };
	const struct token *ended = NULL;
	size_t i, gone = 0;

	for (i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->list[i];

		if (!tokens_has_ended(token, run->now)) {
			judge_token(run, token);
			continue;
		}
		gone++;
		ended = token;
	}
	tell_ended(run, ended, gone);
	if (tokens->count > gone)
		findings_add(run->found, &finding, "%zu good token%s",
			     tokens->count - gone,
			     tokens->count - gone == 1 ? "" : "s");
	else
		findings_add(run->found, &finding,
			     "no good token: over TCP nobody is let in");
}

/* why: "'PATH': reason; what to do". */
static void
tell_unusable(struct health_run *run, const char *why, int error)
{
	struct finding finding = { .check = "web",
				   .subject = of_tokens,
				   .level = FINDING_FAIL,
				   .class = error == EBADMSG || error == EFBIG
						    ? OUTCOME_DATA_FORMAT
						    : outcome_of_errno(error) };
	const char *rest = strrchr(why, ';');

	finding.way_out = rest != NULL
				  ? rest + 2
				  : "let the owner of the spool read it, and "
				    "nobody else write it";
	findings_add(run->found, &finding, "nobody is let in by a token: %.*s",
		     rest != NULL ? (int)(rest - why) : (int)strlen(why), why);
}

static void
judge_tokens(struct health_run *run)
{
	struct tokens tokens = { .list = NULL };
	char *why;

	if (tokens_read(&tokens, &run->rooms, &why) != 0) {
		tell_unusable(run, why, errno);
		free(why);
		return;
	}
	judge_each(run, &tokens);
	tokens_free(&tokens);
}

/* --- audit ---------------------------------------------------------------- */

static void
judge_audit(struct health_run *run)
{
	struct finding finding = { .check = "web", .subject = of_audit };
	const char *obstacle = audit_obstacle(&run->rooms);

	if (obstacle == NULL) {
		findings_add(run->found, &finding, "it can be written");
		return;
	}
	finding.level = FINDING_FAIL;
	finding.class = OUTCOME_PERMISSION;
	finding.way_out = "let the owner of the spool write it, or move it "
			  "away: pulse-web makes a new one";
	findings_add(run->found, &finding,
		     "pulse-web takes no command but an emergency stop: "
		     "'%s/%s': %s",
		     run->rooms.path, of_audit, obstacle);
}

void
health_web(struct health_run *run)
{
	if (!run->has_rooms)
		return;
	judge_tokens(run);
	judge_audit(run);
}
