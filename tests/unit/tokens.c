/* tokens: made and taken away as mint does it, found by their text alone; a
 * file that cannot be trusted lets nobody in. */
#include "guard/tokens.h"
#include "check.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard/mint.h"

static const int64_t noon = 1795500000000, day = 86400000;

static struct rooms
fresh(void)
{
	struct rooms rooms;
	char *why;

	if (rooms_open(&rooms, "spool.tokens", true, &why) != 0)
		abort();
	return rooms;
}

static void
done(struct rooms *rooms)
{
	scratch_remove(rooms->path);
	rooms_close(rooms);
}

static struct token
wish(const char *name, enum command_role role, int64_t expires)
{
	struct token token = { .role = role, .made = noon, .expires = expires };

	snprintf(token.name, sizeof(token.name), "%s", name);
	return token;
}

static int
put(const struct rooms *rooms, const char *text, mode_t mode)
{
	int fd = openat(rooms->spool, "tokens.ndjson",
			O_WRONLY | O_CREAT | O_TRUNC, 0600);

	return fd < 0 || fchmod(fd, mode) != 0 ||
	       write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
	       close(fd) != 0;
}

/* Is it refused, with that word in the reason, and nobody let in? */
static bool
refuses(struct tokens *tokens, const struct rooms *rooms, const char *word)
{
	char *why = NULL;
	bool failed = tokens_read(tokens, rooms, &why) == -1;
	bool says = failed && strstr(why, word) != NULL &&
		    strstr(why, "tokens.ndjson'") != NULL;

	if (failed && !says)
		printf("%s\n", why);
	free(why);
	return says && tokens->count == 0;
}

static int
a_token_that_was_made_is_found_until_it_ends(void)
{
	struct token ci = wish("ci", COMMAND_OPERATOR, noon + day);
	struct token boss = wish("boss@home", COMMAND_ADMIN, 0);
	char first[BEARER_SIZE], second[BEARER_SIZE], *why = NULL;
	struct tokens tokens = { .list = NULL };
	struct rooms rooms = fresh();
	const struct token *found;
	struct stat st;

	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 0);
	CHECK(mint_add(&rooms, &ci, first, &why) == 0);
	CHECK(mint_add(&rooms, &boss, second, &why) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 2);
	found = tokens_find(&tokens, first, noon);
	CHECK(found != NULL && strcmp(found->name, "ci") == 0);
	CHECK(found->role == COMMAND_OPERATOR && found->made == noon);
	CHECK(tokens_by_id(&tokens, ci.id) == found);
	CHECK(tokens_find(&tokens, first, noon + day - 1) == found);
	CHECK(tokens_find(&tokens, first, noon + day) == NULL);
	found = tokens_find(&tokens, second, noon + 1000 * day);
	CHECK(found != NULL && found->role == COMMAND_ADMIN);
	first[20] = first[20] == 'a' ? 'b' : 'a';
	CHECK(tokens_find(&tokens, first, noon) == NULL);
	CHECK(bearer_draw(first) == 0);
	CHECK(tokens_find(&tokens, first, noon) == NULL);
	CHECK(tokens_find(&tokens, "", noon) == NULL);
	CHECK(fstatat(rooms.spool, "tokens.ndjson", &st, 0) == 0);
	CHECK((st.st_mode & 0777) == 0600);
	tokens_free(&tokens);
	done(&rooms);
	return 0;
}

static int
the_file_holds_the_digest_and_not_the_token(void)
{
	struct token ci = wish("ci", COMMAND_VIEWER, 0);
	char text[BEARER_SIZE], line[4096] = "", *why = NULL;
	struct rooms rooms = fresh();
	int fd;

	CHECK(mint_add(&rooms, &ci, text, &why) == 0);
	fd = openat(rooms.spool, "tokens.ndjson", O_RDONLY);
	CHECK(read(fd, line, sizeof(line) - 1) > 0);
	close(fd);
	CHECK(strstr(line, text) == NULL && strstr(line, text + 6) == NULL);
	CHECK(strstr(line, ci.sha256) != NULL && strlen(ci.sha256) == 64);
	CHECK(strstr(line, "\"expires\":null}\n") != NULL);
	done(&rooms);
	return 0;
}

static int
what_is_taken_away_is_gone_at_once(void)
{
	struct token ci = wish("ci", COMMAND_VIEWER, 0);
	struct token other = wish("other", COMMAND_VIEWER, 0);
	char text[BEARER_SIZE], kept[BEARER_SIZE], *why = NULL;
	struct tokens tokens = { .list = NULL };
	struct rooms rooms = fresh();

	CHECK(mint_add(&rooms, &ci, text, &why) == 0);
	CHECK(mint_add(&rooms, &other, kept, &why) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0);
	CHECK(mint_remove(&rooms, "nobody", &why) == 0);
	CHECK(mint_remove(&rooms, ci.id, &why) == 1);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0);
	CHECK(tokens_find(&tokens, text, noon) == NULL);
	CHECK(tokens_find(&tokens, kept, noon) != NULL);
	CHECK(mint_remove(&rooms, "other", &why) == 1);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 0);
	CHECK(unlinkat(rooms.spool, "tokens.ndjson", 0) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 0);
	tokens_free(&tokens);
	done(&rooms);
	return 0;
}

static int
a_name_stands_for_one_token(void)
{
	struct token ci = wish("ci", COMMAND_VIEWER, noon + day);
	struct token again = wish("ci", COMMAND_ADMIN, 0);
	char text[BEARER_SIZE], *why = NULL;
	struct tokens tokens = { .list = NULL };
	struct rooms rooms = fresh();

	CHECK(mint_add(&rooms, &ci, text, &why) == 0);
	CHECK(mint_add(&rooms, &again, text, &why) == -1);
	CHECK(strstr(why, "'ci'") != NULL);
	free(why);
	again.made = noon + day; /* the first has ended: it goes */
	CHECK(mint_add(&rooms, &again, text, &why) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 1);
	CHECK(tokens.list[0].role == COMMAND_ADMIN);
	tokens_free(&tokens);
	done(&rooms);
	return 0;
}

static int
names_are_plain(void)
{
	char long_name[TOKENS_NAME + 1];

	CHECK(tokens_is_name("ci") && tokens_is_name("Ann.B_c-d@e"));
	CHECK(tokens_is_name("9") && tokens_is_name("0123456789abc"));
	CHECK(!tokens_is_name("") && !tokens_is_name("-x"));
	CHECK(!tokens_is_name(".x") && !tokens_is_name("a b"));
	CHECK(!tokens_is_name("a/b") && !tokens_is_name("a\nb"));
	CHECK(!tokens_is_name("\xc3\xa4") && !tokens_is_name("<b>"));
	CHECK(!tokens_is_name("0123456789ab")); /* an id */
	memset(long_name, 'a', TOKENS_NAME);
	long_name[TOKENS_NAME] = '\0';
	CHECK(!tokens_is_name(long_name));
	long_name[TOKENS_NAME - 1] = '\0';
	CHECK(tokens_is_name(long_name));
	return 0;
}

#define SHA "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e"
#define LINE(ROLE, MADE, EXPIRES)                                              \
	"{\"id\":\"0123456789ab\",\"name\":\"ci\",\"role\":" ROLE              \
	",\"sha256\":\"" SHA "\",\"made\":" MADE ",\"expires\":" EXPIRES "}\n"
#define TIME "\"2026-11-24T12:00:00.000Z\""

static int
a_file_that_cannot_be_trusted_lets_nobody_in(void)
{
	static const char good[] = LINE("\"admin\"", TIME, "null");
	static const char *const bad[] = {
		"\n",
		"{}\n",
		"not json\n",
		LINE("\"root\"", TIME, "null"),
		LINE("2", TIME, "null"),
		LINE("\"admin\"", "1", "null"),
		LINE("\"admin\"", TIME, "0"),
		LINE("\"admin\"", TIME, "\"1970-01-01T00:00:00Z\""),
		LINE("\"admin\"", TIME, "\"soon\""),
		LINE("\"admin\"", TIME, "null,\"expires\":null"),
		LINE("\"viewer\"", TIME, "null,\"role\":\"admin\""),
	};
	struct tokens tokens = { .list = NULL };
	struct rooms rooms = fresh();
	char *why = NULL, two[1024];
	size_t i;

	CHECK(put(&rooms, good, 0600) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 1);
	CHECK(tokens.list[0].role == COMMAND_ADMIN);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(two, sizeof(two), "%s%s", good, bad[i]);
		CHECK(put(&rooms, two, 0600) == 0);
		CHECK(refuses(&tokens, &rooms, "line 2"));
		CHECK(refuses(&tokens, &rooms, "line 2")); /* and again */
	}
	CHECK(put(&rooms, good, 0600) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0 && tokens.count == 1);
	CHECK(put(&rooms, good, 0620) == 0);
	CHECK(refuses(&tokens, &rooms, "chmod 600"));
	CHECK(put(&rooms, good, 0602) == 0);
	CHECK(refuses(&tokens, &rooms, "chmod 600"));
	CHECK(unlinkat(rooms.spool, "tokens.ndjson", 0) == 0);
	CHECK(symlinkat("elsewhere", rooms.spool, "tokens.ndjson") == 0);
	CHECK(refuses(&tokens, &rooms, "it is a link"));
	CHECK(unlinkat(rooms.spool, "tokens.ndjson", 0) == 0);
	CHECK(mkfifoat(rooms.spool, "tokens.ndjson", 0600) == 0);
	CHECK(refuses(&tokens, &rooms, "it is no file"));
	tokens_free(&tokens);
	done(&rooms);
	return 0;
}

static int
there_are_at_most_a_thousand(void)
{
	struct tokens many = { .list = calloc(TOKENS_MOST,
					      sizeof(struct token)),
			       .count = TOKENS_MOST };
	struct token one = wish("one", COMMAND_VIEWER, 0);
	struct tokens tokens = { .list = NULL };
	char text[BEARER_SIZE], *why = NULL;
	struct rooms rooms = fresh();
	size_t i;

	for (i = 0; i < many.count; i++) {
		struct token *token = &many.list[i];

		*token = wish("", COMMAND_VIEWER, noon + day);
		memset(token->name, 'n', TOKENS_NAME - 1);
		snprintf(token->id, TOKENS_ID, "%012zx", i);
		snprintf(token->sha256, CRYPTO_HEX, "%s", SHA);
	}
	CHECK(tokens_write(&many, &rooms, &why) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0);
	CHECK(tokens.count == TOKENS_MOST);
	CHECK(mint_add(&rooms, &one, text, &why) == -1);
	CHECK(strstr(why, "1000") != NULL);
	free(why);
	CHECK(mint_remove(&rooms, "000000000007", &why) == 1);
	CHECK(mint_add(&rooms, &one, text, &why) == 0);
	CHECK(tokens_read(&tokens, &rooms, &why) == 0);
	CHECK(tokens_find(&tokens, text, noon) != NULL);
	tokens_free(&tokens);
	tokens_free(&many);
	done(&rooms);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "tokens") != 0)
		return 1;
	failed = a_token_that_was_made_is_found_until_it_ends() ||
		 the_file_holds_the_digest_and_not_the_token() ||
		 what_is_taken_away_is_gone_at_once() ||
		 a_name_stands_for_one_token() || names_are_plain() ||
		 a_file_that_cannot_be_trusted_lets_nobody_in() ||
		 there_are_at_most_a_thousand();
	return scratch_remove(folder) != 0 || failed;
}
