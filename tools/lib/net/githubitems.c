#include "net/githubitems.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "net/githubbelow.h"
#include "net/githuborg.h"

struct item {
	struct github_stream stream;
	struct github_repo *repo;
	const struct source_item *named;
	enum github_type type;
};

static void
free_item(struct github_stream *stream)
{
	free(stream);
}

/* failed is NULL when it is out. */
static void
settle(struct item *item, const struct http_reply *failed)
{
	const struct source_item *named = item->named;
	struct source *source = item->repo->run->source;

	if (failed == NULL || failed->status == 404 || failed->status == 410)
		source_resolved(source, named->scope, named->entity,
				named->key);
	else
		source_fail(source, &(struct source_failure){
					    .scope = named->scope,
					    .entity = named->entity,
					    .key = named->key,
					    .class = failed->class,
					    .http = failed->status,
					    .reason = failed->why,
					    .not_before = failed->not_before });
	github_disown(&item->stream);
}

static void
on_below(const struct github_below *below, const struct http_reply *failed,
	 const char *state)
{
	(void)state;
	settle(below->arg, failed);
}

static void
on_object(void *arg, const struct http_reply *reply)
{
	struct item *item = arg;
	const struct github_record record = {
		.type = item->type,
		.key = item->named->key,
		.no_version = item->type == GITHUB_COMMIT ||
			      item->type == GITHUB_RELEASE,
	};
	struct http_reply odd = *reply;
	struct github_row row;

	if (reply->class == OUTCOME_NONE &&
	    github_only_row(item->repo->run, reply, &row)) {
		github_emit(item->repo, &record, &row, reply);
		settle(item, NULL);
		return;
	}
	if (reply->class == OUTCOME_NONE) {
		odd.class = OUTCOME_DATA_FORMAT;
		odd.why = "not an object";
	}
	settle(item, &odd);
}

static const char *
object_folder(const struct item *item)
{
	switch (item->type) {
	case GITHUB_PR:
		return "pulls";
	case GITHUB_ISSUE:
		return "issues";
	case GITHUB_COMMIT:
		return "commits";
	case GITHUB_DEPLOYMENT:
		return "deployments";
	case GITHUB_RELEASE:
		return "releases";
	case GITHUB_COMMENT:
		return item->named->key[0] == 'r' ? "pulls/comments"
						  : "issues/comments";
	default:
		return NULL;
	}
}

static void
ask_object(struct item *item)
{
	const char *key = item->named->key;
	char *url;

	if (item->type == GITHUB_COMMENT)
		key++;
	url = github_path(item->repo, "/%s/%.100s", object_folder(item), key);
	github_ask(item->repo, GITHUB_LIST, url, on_object, item);
	free(url);
}

/* Keys are numbers or shas, with a letter in front for comments, or begin with
 * the number of what they are below: 42, 42/1234, i77, 0a1b... */
static bool
is_key(const struct item *item)
{
	static const char plain[] = "0123456789abcdef";
	const char *key = item->named->key;

	if (item->type == GITHUB_COMMENT)
		return (*key == 'i' || *key == 'r') && key[1] != '\0' &&
		       strspn(key + 1, "0123456789") == strlen(key + 1);
	return *key != '\0' && strspn(key, plain) == strcspn(key, "/");
}

static void
ask_item(struct item *item)
{
	if (object_folder(item) != NULL)
		ask_object(item);
	else
		github_below(
			item->repo,
			&(struct github_below){
				.type = item->type,
				.parent = strtoll(item->named->key, NULL, 10),
				.done = on_below,
				.arg = item,
				.quiet = true });
}

static struct github_repo *
repo_of(struct github_run *run, const char *scope)
{
	struct github_repo *repo;
	size_t i;

	for (i = 0; i < run->count; i++)
		if (strcmp(run->repos[i]->scope, scope) == 0)
			return run->repos[i];
	repo = github_repo(run, scope, NULL, NULL);
	github_add(run, repo);
	return repo;
}

static bool
type_of(const char *entity, enum github_type *type)
{
	int i;

	for (i = 0; entity != NULL && i < GITHUB_TYPES; i++) {
		if (strcmp(entity, github_types[i]) != 0)
			continue;
		*type = (enum github_type)i;
		return *type != GITHUB_REPO;
	}
	return false;
}

void
github_items_begin(struct github_run *run)
{
	size_t i, count;
	const struct source_item *named = source_items(run->source, &count);

	run->held = true;
	for (i = 0; i < count; i++) {
		struct item *item = msg_calloc(1, sizeof(*item));

		item->named = &named[i];
		item->stream.free = free_item;
		if (named[i].scope == NULL || named[i].key == NULL ||
		    !github_is_scope(named[i].scope) ||
		    !type_of(named[i].entity, &item->type) || !is_key(item)) {
			source_tell(run->source,
				    "cannot fetch item %zu alone: it needs a "
				    "scope OWNER/NAME, a github entity and a "
				    "key",
				    i + 1);
			free(item);
			continue;
		}
		item->repo = repo_of(run, named[i].scope);
		github_own(item->repo, &item->stream);
		ask_item(item);
	}
}
