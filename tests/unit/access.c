/* access: whose request is looked at, and as whose.  What libmicrohttpd would
 * say of a request is said here by a list of headers. */
#include "guard/access.h"
#include "check.h"
#include "scratch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard/mint.h"

enum { HEADERS = 8 };

static const int64_t noon = 1795500000000, day = 86400000, second = 1000;

/* A request: "Name: value" lines, NULL-ended, and who sends it. */
struct asked {
	const char *lines[HEADERS];
	struct httpd_peer peer;
};

static const char *
value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	return strncasecmp(line, name, len) == 0 && line[len] == ':'
		       ? line + len + 2
		       : NULL;
}

const char *
httpd_header(const struct httpd_request *request, const char *name)
{
	const struct asked *asked = request->inner;
	const char *value = NULL;
	size_t i;

	for (i = 0; asked->lines[i] != NULL && value == NULL; i++)
		value = value_of(asked->lines[i], name);
	return value;
}

size_t
httpd_header_count(const struct httpd_request *request, const char *name)
{
	const struct asked *asked = request->inner;
	size_t i, count = 0;

	for (i = 0; asked->lines[i] != NULL; i++)
		count += value_of(asked->lines[i], name) != NULL;
	return count;
}

void
httpd_peer(const struct httpd_request *request, struct httpd_peer *peer)
{
	const struct asked *asked = request->inner;

	*peer = asked->peer;
}

/* --- what the tests work with --------------------------------------------- */

struct scene {
	struct rooms rooms;
	struct access *access;
	struct access_refusal refusal;
	struct access_who who;
	unsigned said;
	char last_said[512];
};

static void
note(void *arg, const char *text)
{
	struct scene *scene = arg;

	scene->said++;
	snprintf(scene->last_said, sizeof(scene->last_said), "%s", text);
}

static void
begin(struct scene *scene, struct access_options options)
{
	char *why;

	*scene = (struct scene){ .said = 0 };
	if (rooms_open(&scene->rooms, "spool.access", true, &why) != 0)
		abort();
	options.rooms = &scene->rooms;
	options.say = note;
	options.arg = scene;
	scene->access = access_open(&options);
}

static void
end(struct scene *scene)
{
	access_close(scene->access);
	scratch_remove(scene->rooms.path);
	rooms_close(&scene->rooms);
}

static unsigned
screen(struct scene *scene, struct asked asked)
{
	struct httpd_request request = { .method = "GET", .inner = &asked };

	return access_screen(scene->access, &request, &scene->refusal);
}

static unsigned
who(struct scene *scene, struct asked asked, bool needed, int64_t now)
{
	struct httpd_request request = { .method = "GET", .inner = &asked };

	return access_who(scene->access, &request, needed, now, &scene->who,
			  &scene->refusal);
}

/* One with an Authorization from that address. */
static unsigned
try(struct scene *scene, const char *address, const char *text, int64_t now)
{
	struct asked asked = { .peer = { .local = false } };
	char line[128];

	snprintf(line, sizeof(line), "Authorization: %s", text);
	snprintf(asked.peer.address, sizeof(asked.peer.address), "%s", address);
	asked.lines[0] = line;
	return who(scene, asked, true, now);
}

/* Makes a token and gives "Bearer TOKEN". */
static const char *
bearer(struct scene *scene, const char *name, enum command_role role,
       int64_t expires)
{
	static char line[BEARER_SIZE + 8];
	struct token token = { .role = role, .made = noon, .expires = expires };
	char text[BEARER_SIZE], *why;

	snprintf(token.name, sizeof(token.name), "%s", name);
	if (mint_add(&scene->rooms, &token, text, &why) != 0)
		abort();
	snprintf(line, sizeof(line), "Bearer %s", text);
	return line;
}

static const struct access_options tcp = { .port = 8014 };
static const struct access_options local = { .port = 0 };

#define ASKED(...) ((struct asked){ .lines = { __VA_ARGS__, NULL } })

/* --- the tests ------------------------------------------------------------ */

static int
a_host_that_is_not_ours_is_misdirected(void)
{
	struct scene s;

	begin(&s, tcp);
	CHECK(screen(&s, ASKED("Host: localhost:8014")) == 0);
	CHECK(screen(&s, ASKED("Host: evil.example:8014")) == 421);
	CHECK(strcmp(s.refusal.code, "unknown_host") == 0);
	CHECK(screen(&s, ASKED("Accept: x")) == 400);
	CHECK(screen(&s, ASKED("Host: ")) == 400);
	CHECK(screen(&s, ASKED("Host: a b")) == 400);
	CHECK(screen(&s, ASKED("Host: localhost:8014",
			       "Host: localhost:8014")) == 400);
	end(&s);
	begin(&s, local);
	CHECK(screen(&s, ASKED("Host: pulse")) == 0);
	CHECK(screen(&s, ASKED("Host: evil.example")) == 421);
	end(&s);
	return 0;
}

static int
a_page_of_another_site_is_refused(void)
{
	struct scene s;
	const char *host = "Host: localhost:8014";

	begin(&s, tcp);
	CHECK(screen(&s, ASKED(host, "Origin: http://localhost:8014")) == 0);
	CHECK(screen(&s, ASKED(host, "Origin: http://evil.example")) == 403);
	CHECK(strcmp(s.refusal.code, "foreign_origin") == 0);
	CHECK(screen(&s, ASKED(host, "Origin: null")) == 403);
	CHECK(screen(&s, ASKED(host, "Origin: http://localhost:3000")) == 403);
	CHECK(screen(&s, ASKED(host, "Origin: http://localhost:8014",
			       "Origin: http://localhost:8014")) == 403);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: same-origin")) == 0);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: none")) == 0);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: cross-site")) == 403);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: same-site")) == 403);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: what")) == 403);
	/* A link from a wiki opens the page; a frame or an image does not. */
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: cross-site",
			       "Sec-Fetch-Mode: navigate",
			       "Sec-Fetch-Dest: document")) == 0);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: cross-site",
			       "Sec-Fetch-Mode: navigate",
			       "Sec-Fetch-Dest: iframe")) == 403);
	CHECK(screen(&s, ASKED(host, "Sec-Fetch-Site: cross-site",
			       "Sec-Fetch-Mode: no-cors",
			       "Sec-Fetch-Dest: document")) == 403);
	end(&s);
	return 0;
}

static int
over_tcp_a_token_is_needed(void)
{
	struct scene s;
	char line[BEARER_SIZE + 8], swapped[BEARER_SIZE + 16];

	begin(&s, tcp);
	CHECK(who(&s, ASKED("Host: x"), true, noon) == 401);
	CHECK(strcmp(s.refusal.code, "unauthorized") == 0 && !s.who.known);
	CHECK(who(&s, ASKED("Host: x"), false, noon) == 0 && !s.who.known);
	snprintf(line, sizeof(line), "%s",
		 bearer(&s, "ci", COMMAND_OPERATOR, noon + day));
	CHECK(try(&s, "127.0.0.1", line, noon) == 0 && s.who.known);
	CHECK(s.who.role == COMMAND_OPERATOR && s.who.until == noon + day);
	CHECK(strcmp(s.who.name, "token ci") == 0);
	CHECK(strcmp(s.who.from, "127.0.0.1") == 0);
	CHECK(strlen(s.who.token) == 12);
	snprintf(swapped, sizeof(swapped), "bEARER  %s", line + 7);
	CHECK(try(&s, "127.0.0.1", swapped, noon) == 0);
	CHECK(try(&s, "127.0.0.1", line, noon + day) == 401);
	CHECK(s.said == 0);
	end(&s);
	return 0;
}

static int
an_authorization_of_another_form_is_refused(void)
{
	static const char *const bad[] = {
		"Basic cHVsc2U6cHVsc2U=",
		"Bearer",
		"Bearer ",
		"Token x",
		"Bearer a b",
		"",
		"Bearer a,b",
	};
	struct scene s;
	char line[128];
	size_t i;

	begin(&s, tcp);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(try(&s, "127.0.0.1", bad[i], noon) == 400);
	snprintf(line, sizeof(line), "Authorization: %s",
		 bearer(&s, "ci", COMMAND_ADMIN, 0));
	CHECK(who(&s, ASKED(line), true, noon) == 0);
	CHECK(who(&s, ASKED(line, line), true, noon) == 400);
	/* Wrong is wrong, also where nobody need be known. */
	CHECK(who(&s, ASKED("Authorization: Bearer pulse_x"), false, noon) ==
	      401);
	end(&s);
	return 0;
}

static int
ten_wrong_tokens_are_enough_for_an_address(void)
{
	struct scene s;
	char good[BEARER_SIZE + 8];
	int i;

	begin(&s, tcp);
	snprintf(good, sizeof(good), "%s", bearer(&s, "ci", COMMAND_VIEWER, 0));
	for (i = 0; i < 10; i++)
		CHECK(try(&s, "10.0.0.1", "Bearer pulse_x", noon) == 401);
	CHECK(s.said == 0);
	CHECK(try(&s, "10.0.0.1", "Bearer pulse_x", noon) == 429);
	CHECK(s.refusal.retry_after == 6);
	CHECK(strcmp(s.refusal.code, "too_many_requests") == 0);
	CHECK(s.said == 1 && strstr(s.last_said, "10.0.0.1") != NULL);
	CHECK(try(&s, "10.0.0.1", "Bearer pulse_x", noon + second) == 429);
	CHECK(s.said == 1);
	/* Others are not meant, nor is whoever has a good one. */
	CHECK(try(&s, "10.0.0.2", "Bearer pulse_x", noon) == 401);
	CHECK(try(&s, "10.0.0.1", good, noon) == 0);
	CHECK(try(&s, "10.0.0.1", "Bearer pulse_x", noon + 6 * second) == 401);
	CHECK(try(&s, "10.0.0.1", "Bearer pulse_x", noon + 6 * second) == 429);
	for (i = 0; i < 10; i++)
		CHECK(try(&s, "10.0.0.1", "Bearer pulse_x",
			  noon + 70 * second) == 401);
	CHECK(try(&s, "10.0.0.1", "Bearer pulse_x", noon + 70 * second) == 429);
	CHECK(s.said == 2);
	end(&s);
	return 0;
}

static int
a_peer_is_known_by_its_user(void)
{
	struct asked owner = { .peer = { .local = true, .uid = geteuid() } };
	struct asked root = { .peer = { .local = true, .uid = 0 } };
	struct asked other = { .peer = { .local = true, .uid = 54321 } };
	struct access_options options = local;
	char line[BEARER_SIZE + 32];
	struct scene s;

	begin(&s, local);
	CHECK(who(&s, owner, true, noon) == 0 && s.who.known);
	CHECK(s.who.role == COMMAND_ADMIN && *s.who.token == '\0');
	CHECK(who(&s, root, true, noon) == 0);
	CHECK(s.who.role == COMMAND_ADMIN);
	CHECK(strcmp(s.who.name, "root") == 0);
	CHECK(strcmp(s.who.from, "uid 0") == 0);
	CHECK(who(&s, other, true, noon) == 0);
	CHECK(s.who.role == COMMAND_VIEWER);
	CHECK(strcmp(s.who.name, "uid 54321") == 0);
	/* A token makes nobody more than his user is. */
	snprintf(line, sizeof(line), "Authorization: %s",
		 bearer(&s, "boss", COMMAND_ADMIN, 0));
	other.lines[0] = line;
	CHECK(who(&s, other, true, noon) == 0);
	CHECK(s.who.role == COMMAND_VIEWER && *s.who.token == '\0');
	CHECK(access_holds(s.access, &s.who, noon));
	end(&s);
	options.group_role = COMMAND_OPERATOR;
	begin(&s, options);
	CHECK(who(&s, other, true, noon) == 0);
	CHECK(s.who.role == COMMAND_OPERATOR);
	end(&s);
	return 0;
}

static int
behind_a_proxy_the_peer_is_nobody(void)
{
	struct access_options options = { .proxied = true };
	struct asked asked = { .peer = { .local = true, .uid = 0 } };
	char line[BEARER_SIZE + 32];
	struct scene s;

	begin(&s, options);
	CHECK(who(&s, asked, true, noon) == 401 && !s.who.known);
	snprintf(line, sizeof(line), "Authorization: %s",
		 bearer(&s, "ci", COMMAND_VIEWER, 0));
	asked.lines[0] = line;
	CHECK(who(&s, asked, true, noon) == 0);
	CHECK(s.who.role == COMMAND_VIEWER);
	CHECK(strcmp(s.who.from, "a proxy") == 0);
	end(&s);
	return 0;
}

static int
the_last_one_that_the_proxy_names_is_the_client(void)
{
	static const struct {
		const char *list, *from;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "127.0.0.1, 192.0.2.7", "192.0.2.7" },
		{ "evil, 2001:db8::1 ", "2001:db8::1" },
		{ "192.0.2.7, evil\x1b[2J", "127.0.0.1" },
		{ "192.0.2.7,", "127.0.0.1" },
		{ "", "127.0.0.1" },
	};
	struct access_options options = { .port = 8014, .proxied = true };
	struct asked asked = { .peer = { .address = "127.0.0.1" } };
	struct scene s;
	char line[128];
	size_t i;

	begin(&s, options);
	asked.lines[0] = line;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line), "X-Forwarded-For: %s",
			 cases[i].list);
		CHECK(who(&s, asked, false, noon) == 0);
		CHECK(strcmp(s.who.from, cases[i].from) == 0);
	}
	asked.lines[1] = line; /* two of them: somebody else put one */
	snprintf(line, sizeof(line), "X-Forwarded-For: 192.0.2.7");
	CHECK(who(&s, asked, false, noon) == 0);
	CHECK(strcmp(s.who.from, "127.0.0.1") == 0);
	end(&s);
	begin(&s, tcp); /* and without a proxy nobody is believed */
	asked.lines[1] = NULL;
	CHECK(who(&s, asked, false, noon) == 0);
	CHECK(strcmp(s.who.from, "127.0.0.1") == 0);
	end(&s);
	return 0;
}

static int
commands_come_at_most_five_a_second(void)
{
	struct access_who ci = { .token = "0123456789ab" };
	struct access_who ann = { .from = "uid 1000" };
	struct scene s;
	int i;

	begin(&s, tcp);
	for (i = 0; i < 10; i++)
		CHECK(access_may_write(s.access, &ci, noon, &s.refusal) == 0);
	CHECK(access_may_write(s.access, &ci, noon, &s.refusal) == 429);
	CHECK(s.refusal.retry_after == 1);
	CHECK(access_may_write(s.access, &ann, noon, &s.refusal) == 0);
	for (i = 0; i < 5; i++)
		CHECK(access_may_write(s.access, &ci, noon + second,
				       &s.refusal) == 0);
	CHECK(access_may_write(s.access, &ci, noon + second, &s.refusal) ==
	      429);
	end(&s);
	return 0;
}

static int
a_token_holds_until_it_ends_or_is_taken_away(void)
{
	struct scene s;
	char *why;

	begin(&s, tcp);
	CHECK(try(&s, "::1", bearer(&s, "ci", COMMAND_VIEWER, noon + day),
		  noon) == 0);
	CHECK(access_holds(s.access, &s.who, noon));
	CHECK(!access_holds(s.access, &s.who, noon + day));
	CHECK(mint_remove(&s.rooms, "ci", &why) == 1);
	CHECK(!access_holds(s.access, &s.who, noon));
	end(&s);
	return 0;
}

static int
a_file_of_tokens_that_others_may_write_is_said_once(void)
{
	struct scene s;
	char line[BEARER_SIZE + 8];

	begin(&s, tcp);
	snprintf(line, sizeof(line), "%s", bearer(&s, "ci", COMMAND_ADMIN, 0));
	CHECK(try(&s, "::1", line, noon) == 0);
	CHECK(fchmodat(s.rooms.spool, "tokens.ndjson", 0666, 0) == 0);
	CHECK(try(&s, "::1", line, noon) == 401 && !s.who.known);
	CHECK(try(&s, "::1", line, noon) == 401);
	CHECK(s.said == 1 && strstr(s.last_said, "chmod 600") != NULL);
	CHECK(fchmodat(s.rooms.spool, "tokens.ndjson", 0600, 0) == 0);
	CHECK(try(&s, "::1", line, noon) == 0);
	end(&s);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "access") != 0)
		return 1;
	failed = a_host_that_is_not_ours_is_misdirected() ||
		 a_page_of_another_site_is_refused() ||
		 over_tcp_a_token_is_needed() ||
		 an_authorization_of_another_form_is_refused() ||
		 ten_wrong_tokens_are_enough_for_an_address() ||
		 a_peer_is_known_by_its_user() ||
		 behind_a_proxy_the_peer_is_nobody() ||
		 the_last_one_that_the_proxy_names_is_the_client() ||
		 commands_come_at_most_five_a_second() ||
		 a_token_holds_until_it_ends_or_is_taken_away() ||
		 a_file_of_tokens_that_others_may_write_is_said_once();
	return scratch_remove(folder) != 0 || failed;
}
