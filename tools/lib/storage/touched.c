#include "storage/touched.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { SLOTS = 512 };

struct slot {
	int64_t client;
	char *repo; /* NULL: empty */
	size_t len;
};

struct touched {
	struct store_query *add;
	struct slot slots[SLOTS];
};

struct touched *
touched_open(struct store *store)
{
	struct touched *touched = msg_calloc(1, sizeof(*touched));

	touched->add = store_query(store, "INSERT OR IGNORE INTO touched "
					  "(client_id, repo) VALUES (?1,?2)");
	if (touched->add != NULL)
		return touched;
	touched_close(touched);
	return NULL;
}

void
touched_close(struct touched *touched)
{
	size_t i;

	if (touched == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		free(touched->slots[i].repo);
	store_query_free(touched->add);
	free(touched);
}

static bool
concerns_links(const char *type)
{
	static const char *const types[] = { "github_commit",
					     "github_deployment",
					     "github_deployment_status",
					     "github_pr",
					     "github_release",
					     NULL };
	size_t i;

	for (i = 0; types[i] != NULL; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

int
touched_add(struct touched *touched, const char *type, int64_t client,
	    const struct value *repo)
{
	struct value text = *repo;
	struct slot *slot;

	if (!concerns_links(type))
		return 0;
	text.kind = VALUE_TEXT;
	slot = &touched->slots[values_digest((uint64_t)client, &text) % SLOTS];
	if (slot->repo != NULL && slot->client == client &&
	    slot->len == repo->len &&
	    memcmp(slot->repo, repo->text, repo->len) == 0)
		return 0;
	slot->client = client;
	slot->len = repo->len;
	slot->repo = msg_realloc(slot->repo, repo->len + 1);
	memcpy(slot->repo, repo->text, repo->len);
	store_bind_int(touched->add, 1, client);
	store_bind_text(touched->add, 2, repo->text, repo->len);
	return store_step(touched->add);
}
