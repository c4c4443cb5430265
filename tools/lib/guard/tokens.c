#include "guard/tokens.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/whole.h"
#include "guard/bearer.h"
#include "records/json.h"

enum { ID_DIGITS = 12, LARGEST = TOKENS_MOST * 512 };

static const char file_name[] = "tokens.ndjson";

static bool
is_id(const char *text)
{
	return strlen(text) == ID_DIGITS &&
	       strspn(text, "0123456789abcdef") == ID_DIGITS;
}

bool
tokens_is_name(const char *name)
{
	const char *c;

	if (!isalnum((unsigned char)*name) || strlen(name) >= TOKENS_NAME ||
	    is_id(name))
		return false;
	for (c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("._-@", *c) == NULL)
			return false;
	return true;
}

bool
tokens_has_ended(const struct token *token, int64_t now)
{
	return token->expires != 0 && token->expires <= now;
}

/* --- the file ------------------------------------------------------------- */

enum { ID, NAME, ROLE, SHA, MADE, EXPIRES, KEYS };
static const char *const keys[KEYS] = { "id",	  "name", "role",
					"sha256", "made", "expires" };

/* Copies a plain string; false when it is another thing, or too long. */
static bool
take(const struct json_span *span, char *out, size_t size)
{
	if (span->type != JSON_STRING || span->escaped || span->doubled ||
	    span->len >= size)
		return false;
	memcpy(out, span->at, span->len);
	out[span->len] = '\0';
	return true;
}

static bool
take_time(const struct json_span *span, int64_t *ms)
{
	return span->type == JSON_STRING && !span->doubled &&
	       times_parse(span->at, span->len, ms);
}

static bool
read_token(const struct json_span *spans, struct token *token)
{
	char word[16];
	int role;

	*token = (struct token){ .expires = 0 };
	if (!take(&spans[ID], token->id, sizeof(token->id)) ||
	    !is_id(token->id) ||
	    !take(&spans[NAME], token->name, sizeof(token->name)) ||
	    !tokens_is_name(token->name) ||
	    !take(&spans[ROLE], word, sizeof(word)) ||
	    !take(&spans[SHA], token->sha256, CRYPTO_HEX) ||
	    strspn(token->sha256, "0123456789abcdef") != CRYPTO_HEX - 1 ||
	    !take_time(&spans[MADE], &token->made))
		return false;
	role = command_role_by_name(word);
	token->role = (enum command_role)role;
	if (spans[EXPIRES].type == JSON_NULL && !spans[EXPIRES].doubled)
		return role >= 0;
	/* 0 would be for ever. */
	return role >= 0 && take_time(&spans[EXPIRES], &token->expires) &&
	       token->expires > 0;
}

static bool
read_line(const struct json_paths *paths, const char *line, size_t len,
	  struct token *token)
{
	struct json_span spans[KEYS];
	struct json_error error;

	return json_scan(paths, line, len, spans, &error) == 0 &&
	       read_token(spans, token);
}

/* -1 with *why; text is the whole file. */
static int
parse(struct tokens *tokens, const char *text, char **why)
{
	struct json_paths *paths = json_paths(keys, KEYS);
	bool good = true;
	size_t len;

	for (; *text != '\0' && good; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		tokens->list = msg_realloc(tokens->list,
					   (tokens->count + 1) *
						   sizeof(*tokens->list));
		good = tokens->count < TOKENS_MOST &&
		       read_line(paths, text, len,
				 &tokens->list[tokens->count]);
		tokens->count++;
	}
	json_paths_free(paths);
	if (!good)
		*why = msg_text("line %zu is no token's; mend the file, or "
				"remove it and make new ones",
				tokens->count);
	return good ? 0 : -1;
}

static int
fail_as(int error)
{
	errno = error;
	return -1;
}

/* As ssh looks at its files: the descriptor, not the name. */
static int
look_at(const struct rooms *rooms, const struct stat *st, char **why)
{
	struct stat spool;

	if (!S_ISREG(st->st_mode)) {
		*why = msg_text("it is no file");
		return fail_as(EPERM);
	}
	if (st->st_uid != geteuid() && st->st_uid != 0 &&
	    (fstat(rooms->spool, &spool) != 0 || st->st_uid != spool.st_uid)) {
		*why = msg_text("it belongs to uid %ld", (long)st->st_uid);
		return fail_as(EPERM);
	}
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		*why = msg_text("others may write it; chmod 600 it, and look "
				"at what it says");
		return fail_as(EPERM);
	}
	return 0;
}

static int
read_file(struct tokens *tokens, int fd, char **why)
{
	size_t len;
	char *text = whole_read(fd, LARGEST, &len);
	int failed;

	if (text == NULL) {
		*why = msg_text("%s", strerror(errno));
		return -1;
	}
	if (strlen(text) == len) {
		failed = parse(tokens, text, why);
	} else {
		*why = msg_text("there is a NUL byte in it");
		failed = -1;
	}
	free(text);
	return failed ? fail_as(EBADMSG) : 0;
}

static struct tokens
mark_of(const struct stat *st)
{
	return (struct tokens){
		.device = (int64_t)st->st_dev,
		.inode = (int64_t)st->st_ino,
		.changed = (int64_t)st->st_ctim.tv_sec * 1000000000 +
			   st->st_ctim.tv_nsec,
		.size = (int64_t)st->st_size,
	};
}

static bool
is_same(const struct tokens *tokens, const struct tokens *mark)
{
	return tokens->inode == mark->inode && tokens->device == mark->device &&
	       tokens->changed == mark->changed && tokens->size == mark->size;
}

/* Reads the open file anew when it is another; what a failure leaves is no
 * token and no mark, so that the next call looks again. */
static int
renew(struct tokens *tokens, const struct rooms *rooms, int fd, char **why)
{
	struct tokens mark;
	struct stat st;

	if (fstat(fd, &st) != 0) {
		*why = msg_text("%s", strerror(errno));
		tokens_free(tokens);
		return -1;
	}
	mark = mark_of(&st);
	if (is_same(tokens, &mark))
		return 0;
	tokens_free(tokens);
	if (look_at(rooms, &st, why) != 0)
		return -1;
	*tokens = mark;
	if (read_file(tokens, fd, why) == 0)
		return 0;
	tokens_free(tokens);
	return -1;
}

/* *why gets the file's name before it. */
static int
complain(const struct rooms *rooms, char **why)
{
	char *reason = *why;
	int error = errno;

	*why = msg_text("'%s/%s': %s", rooms->path, file_name, reason);
	free(reason);
	errno = error;
	return -1;
}

int
tokens_read(struct tokens *tokens, const struct rooms *rooms, char **why)
{
	int fd = openat(rooms->spool, file_name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int failed;

	if (fd < 0) {
		tokens_free(tokens);
		if (errno == ENOENT)
			return 0;
		*why = msg_text("%s", errno == ELOOP ? "it is a link"
						     : strerror(errno));
		return complain(rooms, why);
	}
	failed = renew(tokens, rooms, fd, why);
	close(fd);
	return failed ? complain(rooms, why) : 0;
}

static void
write_token(struct jsonw *w, const struct token *token)
{
	jsonw_open(w, '{');
	jsonw_put_string(w, keys[ID], token->id);
	jsonw_put_string(w, keys[NAME], token->name);
	jsonw_put_string(w, keys[ROLE], command_role_name(token->role));
	jsonw_put_string(w, keys[SHA], token->sha256);
	jsonw_key(w, keys[MADE]);
	jsonw_time(w, token->made);
	jsonw_put_time(w, keys[EXPIRES], token->expires);
	jsonw_close(w, '}');
}

int
tokens_write(const struct tokens *tokens, const struct rooms *rooms, char **why)
{
	struct jsonw w = { 0 };
	char *text = NULL;
	size_t len = 0, i;
	int failed;

	for (i = 0; i < tokens->count; i++) {
		jsonw_reset(&w);
		write_token(&w, &tokens->list[i]);
		text = msg_realloc(text, len + w.len + 1);
		memcpy(text + len, w.text, w.len);
		text[len + w.len] = '\n';
		len += w.len + 1;
	}
	failed = atomic_replace(rooms->spool, file_name,
				text != NULL ? text : "", len);
	if (failed)
		*why = msg_text("%s", strerror(errno));
	free(text);
	jsonw_free(&w);
	return failed ? complain(rooms, why) : 0;
}

void
tokens_free(struct tokens *tokens)
{
	free(tokens->list);
	*tokens = (struct tokens){ .list = NULL };
}

/* --- looking up ----------------------------------------------------------- */

void
tokens_digest(const char *text, char out[CRYPTO_HEX])
{
	struct crypto_part part = { text, strlen(text) };

	crypto_sha256_hex(&part, 1, out);
}

const struct token *
tokens_find(const struct tokens *tokens, const char *text, int64_t now)
{
	const struct token *found = NULL;
	char digest[CRYPTO_HEX];
	size_t i;

	if (!bearer_is_one(text))
		return NULL;
	tokens_digest(text, digest);
	for (i = 0; i < tokens->count; i++)
		if (crypto_equal(digest, tokens->list[i].sha256, CRYPTO_HEX))
			found = &tokens->list[i];
	return found != NULL && !tokens_has_ended(found, now) ? found : NULL;
}

const struct token *
tokens_by_id(const struct tokens *tokens, const char *id)
{
	size_t i;

	for (i = 0; i < tokens->count; i++)
		if (strcmp(tokens->list[i].id, id) == 0)
			return &tokens->list[i];
	return NULL;
}
