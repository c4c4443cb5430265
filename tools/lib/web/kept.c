#include "web/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "net/gzip.h"

/* Above ONCE an answer is packed when it is asked for again: packing takes
 * longer than sending it, and the next change may come first. */
enum { PLACES = 8, WORTH_PACKING = 1400, ONCE = 256 << 10 };

struct answer {
	char *text, *packed;
	size_t len, packed_len, holders;
	char tag[EXCHANGE_TAG];
	bool asked; /* packed, and was not yet */
};

struct kept {
	struct place {
		char key[KEPT_KEY];
		uint64_t version, used;
		struct answer *answer;
	} places[PLACES];
	uint64_t uses;
};

struct kept *
kept_new(void)
{
	return msg_calloc(1, sizeof(struct kept));
}

static void
let_go(void *arg)
{
	struct answer *answer = arg;

	if (--answer->holders > 0)
		return;
	free(answer->text);
	free(answer->packed);
	free(answer);
}

void
kept_free(struct kept *kept)
{
	size_t i;

	for (i = 0; kept != NULL && i < PLACES; i++)
		if (kept->places[i].answer != NULL)
			let_go(kept->places[i].answer);
	free(kept);
}

static void
pack(struct answer *answer)
{
	if (answer->packed != NULL || answer->len < WORTH_PACKING)
		return;
	if (answer->len < ONCE || answer->asked)
		answer->packed = gzip_pack(answer->text, answer->len,
					   &answer->packed_len);
	answer->asked = true;
}

static void
give(struct exchange *x, struct answer *answer)
{
	struct exchange_document document = { .type = "application/json",
					      .release = let_go,
					      .arg = answer };

	if (exchange_takes_gzip(x))
		pack(answer);
	document.bytes = answer->text;
	document.len = answer->len;
	document.packed = answer->packed;
	document.packed_len = answer->packed_len;
	memcpy(document.tag, answer->tag, sizeof(document.tag));
	answer->holders++;
	exchange_give(x, &document);
}

bool
kept_give(struct kept *kept, struct exchange *x, const char *key,
	  uint64_t version)
{
	struct place *place = kept->places;
	struct place *end = place + PLACES;

	while (place < end &&
	       (place->answer == NULL || place->version != version ||
		strcmp(place->key, key) != 0))
		place++;
	if (place == end)
		return false;
	place->used = ++kept->uses;
	give(x, place->answer);
	return true;
}

static struct answer *
make_answer(struct jsonw *w)
{
	struct answer *answer = msg_calloc(1, sizeof(*answer));

	answer->text = msg_realloc(w->text, w->len + 2);
	answer->len = w->len;
	answer->text[answer->len++] = '\n';
	answer->text[answer->len] = '\0';
	exchange_tag(answer->text, answer->len, answer->tag);
	answer->holders = 1;
	*w = (struct jsonw){ 0 };
	return answer;
}

/* That of the same key, else the one that was not used for longest. */
static struct place *
choose(struct kept *kept, const char *key)
{
	struct place *oldest = kept->places;
	size_t i;

	for (i = 0; i < PLACES; i++) {
		if (strcmp(kept->places[i].key, key) == 0)
			return &kept->places[i];
		if (kept->places[i].used < oldest->used)
			oldest = &kept->places[i];
	}
	return oldest;
}

void
kept_add(struct kept *kept, struct exchange *x, const char *key,
	 uint64_t version, struct jsonw *w)
{
	struct answer *answer = make_answer(w);
	struct place *place;

	give(x, answer);
	if (strlen(key) >= KEPT_KEY) {
		let_go(answer);
		return;
	}
	place = choose(kept, key);
	if (place->answer != NULL)
		let_go(place->answer);
	*place = (struct place){ .version = version,
				 .used = ++kept->uses,
				 .answer = answer };
	snprintf(place->key, sizeof(place->key), "%s", key);
}
