#include "storage/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "records/control.h"

enum { COMMIT_ROWS = 10000, COMMIT_MS = 1000 };

struct loader {
	struct store *store;
	const struct rules *rules;
	struct loader_config config;
	struct renames *renames;
	struct ledger *ledger;
	struct entity *entity;
	struct control *control;
	struct json_span *spans;
	bool open;	/* a transaction */
	uint64_t rows;	/* since its begin */
	int64_t begun;	/* clock_monotonic */
	bool files;	/* the last error was about cursor files */
	char why[1024]; /* of the last refusal or failure */
	struct loader_counts counts;
};

struct loader *
loader_open(struct store *store, const struct rules *rules,
	    const struct loader_config *config, char **why)
{
	struct loader *loader = msg_calloc(1, sizeof(*loader));

	*why = NULL;
	loader->store = store;
	loader->rules = rules;
	loader->config = *config;
	loader->control = control_new();
	loader->spans = msg_calloc(rules_spans(rules), sizeof(*loader->spans));
	loader->renames = renames_open(store, why);
	if (loader->renames != NULL)
		loader->ledger = ledger_open(store, loader->renames, why);
	if (loader->ledger != NULL)
		loader->entity = entity_open(store, rules, loader->ledger,
					     loader->renames, why);
	if (loader->entity != NULL)
		return loader;
	loader_close(loader);
	return NULL;
}

void
loader_close(struct loader *loader)
{
	if (loader == NULL)
		return;
	entity_close(loader->entity);
	ledger_close(loader->ledger);
	renames_close(loader->renames);
	control_free(loader->control);
	free(loader->spans);
	if (loader->open)
		store_rollback(loader->store);
	free(loader);
}

static enum loader_outcome
fail(struct loader *loader, const char *reason, const char **why)
{
	snprintf(loader->why, sizeof(loader->why), "%s", reason);
	*why = loader->why;
	return LOADER_FAILED;
}

static enum loader_outcome
refuse(struct loader *loader, const char *reason, const char **why)
{
	loader->counts.refused++;
	snprintf(loader->why, sizeof(loader->why), "%s", reason);
	*why = loader->why;
	return LOADER_REFUSED;
}

enum outcome_class
loader_class(const struct loader *loader)
{
	enum outcome_class class = store_class(loader->store);

	if (loader->files)
		return OUTCOME_DISK;
	return class == OUTCOME_NONE ? OUTCOME_CONFIGURATION : class;
}

static int
begin(struct loader *loader)
{
	if (loader->open)
		return 0;
	if (store_begin(loader->store) != 0)
		return -1;
	loader->open = true;
	loader->rows = 0;
	loader->begun = clock_monotonic();
	return 0;
}

static enum loader_outcome
publish(struct loader *loader, const char **why)
{
	const char *folder = loader->config.checkpoints;
	char reason[512];

	if (folder == NULL || loader->config.dry_run ||
	    ledger_publish(loader->ledger, folder) == 0)
		return LOADER_TAKEN;
	if (errno == 0)
		return fail(loader, store_error(loader->store), why);
	loader->files = true;
	snprintf(reason, sizeof(reason), "the cursors in '%s': %s", folder,
		 strerror(errno));
	return fail(loader, reason, why);
}

static enum loader_outcome
commit(struct loader *loader, const char **why)
{
	int64_t start = clock_monotonic();

	if (entity_settle(loader->entity) != 0 ||
	    store_commit(loader->store) != 0)
		return fail(loader, store_error(loader->store), why);
	loader->open = false;
	loader->counts.commits++;
	loader->counts.commit_ms += clock_monotonic() - start;
	return publish(loader, why);
}

static bool
is_due(const struct loader *loader)
{
	return !loader->config.dry_run &&
	       (loader->rows >= COMMIT_ROWS ||
		clock_monotonic() - loader->begun >= COMMIT_MS);
}

static enum loader_outcome
take_keys(struct loader *loader, const struct ndjson_line *line,
	  const char **why)
{
	const char *reason = NULL;

	switch (entity_keys(loader->entity, line->text, line->len, &reason)) {
	case ENTITY_REFUSED:
		return refuse(loader, reason, why);
	case ENTITY_FAILED:
		return fail(loader, store_error(loader->store), why);
	default:
		loader->counts.controls++;
		return LOADER_TAKEN;
	}
}

static enum loader_outcome
take_control(struct loader *loader, enum control_kind kind,
	     const struct ndjson_line *line, const char **why)
{
	const char *broken =
		control_broken(loader->control, &kind, line->text, line->len);

	if (broken != NULL)
		return refuse(loader, broken, why);
	if (kind == CONTROL_KEYS)
		return take_keys(loader, line, why);
	loader->counts.controls++;
	if (ledger_line(loader->ledger, kind, line->text, line->len) != 0)
		return fail(loader, store_error(loader->store), why);
	if (kind == CONTROL_CHECKPOINT && is_due(loader))
		return commit(loader, why);
	return LOADER_TAKEN;
}

/* A record has all of its envelope, whatever its type. */
static bool
is_record(const struct json_span *spans)
{
	return spans[RULES_TYPE].type == JSON_STRING &&
	       spans[RULES_CLIENT].type == JSON_NUMBER &&
	       spans[RULES_SOURCE].type == JSON_STRING &&
	       spans[RULES_SCOPE].type == JSON_STRING &&
	       spans[RULES_KEY].type == JSON_STRING &&
	       spans[RULES_DATA].type == JSON_OBJECT;
}

static enum loader_outcome
take_record(struct loader *loader, const struct rules_type *type,
	    const char **why)
{
	const char *reason = NULL;

	if (type->table == NULL) {
		if (!is_record(loader->spans))
			return refuse(loader, "no record", why);
		loader->counts.skipped++;
		return LOADER_SKIPPED;
	}
	switch (entity_put(loader->entity, type, loader->spans, &reason)) {
	case ENTITY_REFUSED:
		return refuse(loader, reason, why);
	case ENTITY_FAILED:
		return fail(loader,
			    reason != NULL ? reason
					   : store_error(loader->store),
			    why);
	default:
		loader->counts.records++;
		loader->rows++;
		return LOADER_TAKEN;
	}
}

enum loader_outcome
loader_line(struct loader *loader, const struct ndjson_line *line,
	    const char **why)
{
	const struct rules_type *type;
	struct json_error error;
	enum control_kind kind;

	loader->counts.lines++;
	if (line->too_long)
		return refuse(loader, "longer than 16 MiB", why);
	type = rules_scan(loader->rules, line->text, line->len, loader->spans,
			  &error);
	if (type == NULL)
		return refuse(loader, error.why, why);
	if (begin(loader) != 0)
		return fail(loader, store_error(loader->store), why);
	if (type->name == NULL) {
		kind = control_kind(&loader->spans[RULES_TYPE]);
		if (kind != CONTROL_NONE)
			return take_control(loader, kind, line, why);
	}
	return take_record(loader, type, why);
}

enum loader_outcome
loader_end(struct loader *loader, const char **why)
{
	const struct loader_config *config = &loader->config;

	if (config->dry_run) {
		if (loader->open)
			store_rollback(loader->store);
		loader->open = false;
		return LOADER_TAKEN;
	}
	if (config->checkpoints != NULL && config->job != NULL &&
	    ledger_mark(loader->ledger, config->checkpoints, config->job) != 0)
		return fail(loader, store_error(loader->store), why);
	return loader->open ? commit(loader, why) : publish(loader, why);
}

void
loader_counts(const struct loader *loader, struct loader_counts *counts)
{
	*counts = loader->counts;
	counts->cursors = ledger_stored(loader->ledger);
	counts->held = ledger_held(loader->ledger);
}

bool
loader_table(const struct loader *loader, size_t i,
	     struct entity_counts *counts)
{
	return entity_counts(loader->entity, i, counts);
}
