#include "demo/answers.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "net/gzip.h"

enum { SLOTS = 1 << 14, GZIP_FROM = 1024 };

struct answer {
	atomic_int holders;
	struct answer *next; /* in its slot */
	char *key, *body, *link;
	size_t len;
	char etag[20]; /* without quotes */
	pthread_mutex_t packing;
	char *packed;
	size_t packed_len;
};

struct answers {
	pthread_mutex_t lock;
	struct answer *slots[SLOTS];
	size_t bytes, most_bytes;
};

/* Eight bytes a step: bodies may be megabytes. */
static uint64_t
hash(const char *bytes, size_t len)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ len, part;

	for (; len >= 8; len -= 8, bytes += 8) {
		memcpy(&part, bytes, 8);
		h = (h ^ part) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	part = 0;
	memcpy(&part, bytes, len);
	h = (h ^ part) * 0xc4ceb9fe1a85ec53u;
	return h ^ (h >> 29);
}

struct answers *
answers_new(size_t most_bytes)
{
	struct answers *answers = msg_calloc(1, sizeof(*answers));

	pthread_mutex_init(&answers->lock, NULL);
	answers->most_bytes = most_bytes;
	return answers;
}

static void
let_go(void *arg)
{
	struct answer *answer = arg;

	if (atomic_fetch_sub(&answer->holders, 1) != 1)
		return;
	pthread_mutex_destroy(&answer->packing);
	free(answer->key);
	free(answer->body);
	free(answer->link);
	free(answer->packed);
	free(answer);
}

static void
forget(struct answers *answers)
{
	struct answer *answer, *next;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		for (answer = answers->slots[i]; answer != NULL;
		     answer = next) {
			next = answer->next;
			let_go(answer);
		}
		answers->slots[i] = NULL;
	}
	answers->bytes = 0;
}

void
answers_forget(struct answers *answers)
{
	pthread_mutex_lock(&answers->lock);
	forget(answers);
	pthread_mutex_unlock(&answers->lock);
}

void
answers_free(struct answers *answers)
{
	if (answers == NULL)
		return;
	forget(answers);
	pthread_mutex_destroy(&answers->lock);
	free(answers);
}

static struct answer **
slot(struct answers *answers, const char *key)
{
	return &answers->slots[hash(key, strlen(key)) % SLOTS];
}

struct answer *
answers_find(struct answers *answers, const char *key)
{
	struct answer *answer;

	pthread_mutex_lock(&answers->lock);
	answer = *slot(answers, key);
	while (answer != NULL && strcmp(answer->key, key) != 0)
		answer = answer->next;
	if (answer != NULL)
		atomic_fetch_add(&answer->holders, 1);
	pthread_mutex_unlock(&answers->lock);
	return answer;
}

struct answer *
answers_keep(struct answers *answers, const char *key, char *body, size_t len,
	     const char *link)
{
	struct answer *answer = msg_calloc(1, sizeof(*answer)), **place;

	answer->key = msg_strdup(key);
	answer->body = body;
	answer->len = len;
	answer->link = link != NULL ? msg_strdup(link) : NULL;
	atomic_init(&answer->holders, 2); /* the slot and the caller */
	pthread_mutex_init(&answer->packing, NULL);
	snprintf(answer->etag, sizeof(answer->etag), "%016" PRIx64,
		 hash(body, len) ^
			 (link != NULL ? hash(link, strlen(link)) : 0));
	pthread_mutex_lock(&answers->lock);
	if (answers->bytes + len > answers->most_bytes)
		forget(answers);
	place = slot(answers, key);
	answer->next = *place;
	*place = answer;
	answers->bytes += len;
	pthread_mutex_unlock(&answers->lock);
	return answer;
}

bool
answer_is_known(const struct answer *answer,
		const struct httpd_request *request)
{
	const char *known = httpd_header(request, "If-None-Match");

	return known != NULL &&
	       (strcmp(known, "*") == 0 || strstr(known, answer->etag) != NULL);
}

/* GitHub packs for whoever takes it, and its ETag is then a weak one. */
static bool
send_packed(struct answer *answer, struct httpd_reply *reply)
{
	pthread_mutex_lock(&answer->packing);
	if (answer->packed == NULL)
		answer->packed = gzip_pack(answer->body, answer->len,
					   &answer->packed_len);
	pthread_mutex_unlock(&answer->packing);
	httpd_add_header(reply, "content-encoding", "gzip");
	httpd_shared(reply, answer->packed, answer->packed_len, let_go, answer);
	return true;
}

void
answer_send(struct answer *answer, const struct httpd_request *request,
	    struct httpd_reply *reply)
{
	const char *takes = httpd_header(request, "Accept-Encoding");
	bool pack = takes != NULL && strstr(takes, "gzip") != NULL &&
		    answer->len >= GZIP_FROM;
	char etag[32];

	snprintf(etag, sizeof(etag), "%s\"%s\"", pack ? "W/" : "",
		 answer->etag);
	httpd_add_header(reply, "etag", etag);
	httpd_add_header(reply, "vary", "Accept, Authorization");
	if (answer->link != NULL)
		httpd_add_header(reply, "link", answer->link);
	if (answer_is_known(answer, request)) {
		httpd_status(reply, 304);
		let_go(answer);
		return;
	}
	httpd_add_header(reply, "content-type",
			 "application/json; charset=utf-8");
	if (pack)
		send_packed(answer, reply);
	else
		httpd_shared(reply, answer->body, answer->len, let_go, answer);
}
