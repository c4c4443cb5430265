#include "guard/mint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "jobs/lock.h"

enum {
	ID_BYTES = 6,
	PATIENCE = 5000, /* ms for whoever else changes the file */
};

/* The dot keeps it from being taken for the lock of a job. */
static const char lock_name[] = ".tokens";

/* lock/.tokens; -1 with *why. */
static int
take_lock(const struct rooms *rooms, char **why)
{
	const struct timespec nap = { 0, 10000000 };
	int64_t until = clock_monotonic() + PATIENCE;
	int lock;

	if (rooms->lock < 0) {
		*why = msg_text("'%s/lock': %s; if that is the spool, mkdir -m "
				"700 it",
				rooms->path, strerror(ENOENT));
		return -1;
	}
	lock = lock_take(rooms, lock_name);
	while (lock < 0 && errno == EAGAIN && clock_monotonic() < until) {
		nanosleep(&nap, NULL);
		lock = lock_take(rooms, lock_name);
	}
	if (lock < 0)
		*why = msg_text("'%s/lock/%s': %s", rooms->path, lock_name,
				errno == EAGAIN ? "somebody else holds it"
						: strerror(errno));
	return lock;
}

/* The lock, then the tokens as they are; -1 with *why. */
static int
begin(struct tokens *tokens, const struct rooms *rooms, char **why)
{
	int lock = take_lock(rooms, why);

	if (lock < 0)
		return -1;
	if (tokens_read(tokens, rooms, why) == 0)
		return lock;
	close(lock);
	return -1;
}

static void
drop(struct tokens *tokens, size_t place)
{
	memmove(&tokens->list[place], &tokens->list[place + 1],
		(--tokens->count - place) * sizeof(*tokens->list));
}

/* Room for a token of this name; -1 with *why. */
static int
make_room(struct tokens *tokens, const struct token *token, char **why)
{
	size_t i;

	for (i = 0; i < tokens->count; i++)
		if (strcmp(tokens->list[i].name, token->name) == 0)
			break;
	if (i < tokens->count &&
	    !tokens_has_ended(&tokens->list[i], token->made)) {
		*why = msg_text("'%s': there is one of this name; take another "
				"name, or remove that first",
				token->name);
		return -1;
	}
	if (i < tokens->count)
		drop(tokens, i);
	if (tokens->count < TOKENS_MOST)
		return 0;
	*why = msg_text("'%s': there are %d already; remove what is not needed",
			token->name, TOKENS_MOST);
	return -1;
}

static int
draw(struct token *token, char text[BEARER_SIZE], char **why)
{
	unsigned char bits[ID_BYTES];
	size_t i;

	if (getrandom(bits, sizeof(bits), 0) != sizeof(bits) ||
	    bearer_draw(text) != 0) {
		*why = msg_text("'%s': %s", token->name, strerror(errno));
		return -1;
	}
	for (i = 0; i < ID_BYTES; i++)
		snprintf(token->id + 2 * i, 3, "%02x", bits[i]);
	tokens_digest(text, token->sha256);
	return 0;
}

int
mint_add(const struct rooms *rooms, struct token *token, char text[BEARER_SIZE],
	 char **why)
{
	struct tokens tokens = { .list = NULL };
	int lock = begin(&tokens, rooms, why), failed;

	if (lock < 0)
		return -1;
	failed = make_room(&tokens, token, why) != 0 ||
		 draw(token, text, why) != 0;
	if (!failed) {
		tokens.list = msg_realloc(tokens.list,
					  (tokens.count + 1) * sizeof(*token));
		tokens.list[tokens.count++] = *token;
		failed = tokens_write(&tokens, rooms, why);
	}
	tokens_free(&tokens);
	close(lock);
	return failed ? -1 : 0;
}

/* Takes away what bears this id; else what bears this name. */
static int
take_away(struct tokens *tokens, const char *which)
{
	bool by_id = tokens_by_id(tokens, which) != NULL;
	size_t i = 0, before = tokens->count;

	while (i < tokens->count) {
		const struct token *token = &tokens->list[i];

		if (strcmp(by_id ? token->id : token->name, which) == 0)
			drop(tokens, i);
		else
			i++;
	}
	return (int)(before - tokens->count);
}

int
mint_remove(const struct rooms *rooms, const char *which, char **why)
{
	struct tokens tokens = { .list = NULL };
	int lock = begin(&tokens, rooms, why), gone;

	if (lock < 0)
		return -1;
	gone = take_away(&tokens, which);
	if (gone > 0 && tokens_write(&tokens, rooms, why) != 0)
		gone = -1;
	tokens_free(&tokens);
	close(lock);
	return gone;
}
