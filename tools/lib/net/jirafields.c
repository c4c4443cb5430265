#include "net/jirafields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"

static const char sprint_schema[] = "com.pyxis.greenhopper.jira:gh-sprint";
static const char points_schema[] =
	"com.pyxis.greenhopper.jira:jsw-story-points";
static const char number_schema[] =
	"com.atlassian.jira.plugin.system.customfieldtypes:float";

/* Descriptions and comments are left out: large, and nobody measures them. */
static const char *const usual[] = {
	"summary",
	"issuetype",
	"project",
	"status",
	"statuscategorychangedate",
	"priority",
	"resolution",
	"resolutiondate",
	"created",
	"updated",
	"duedate",
	"creator",
	"reporter",
	"assignee",
	"labels",
	"components",
	"fixVersions",
	"versions",
	"parent",
	"subtasks",
	"issuelinks",
	"timeoriginalestimate",
	"timeestimate",
	"timespent",
};

enum { USUAL = sizeof(usual) / sizeof(usual[0]) };

enum { FIELD_ID, FIELD_NAME, FIELD_SCHEMA, FIELD_WANTED };

static void
add(struct jirafields_names *names, char *name)
{
	names->items = msg_realloc(names->items,
				   (names->count + 1) * sizeof(*names->items));
	names->items[names->count++] = name;
}

static void
discard(struct jirafields_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct jirafields_names){ 0 };
}

static bool
has(const struct jirafields_names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

void
jirafields_start(struct jirafields *fields,
		 const struct settings_jira *settings)
{
	static const char *const want[FIELD_WANTED] = { "id", "name",
							"schema.custom" };
	size_t i;

	*fields = (struct jirafields){ .mapping = settings->status_mapping };
	fields->field_paths = json_paths(want, FIELD_WANTED);
	for (i = 0; i < settings->fields.count; i++)
		add(&fields->more, msg_strdup(settings->fields.items[i]));
}

static bool
is_points(const struct json_span *spans)
{
	char *name;
	bool named;

	if (json_is(&spans[FIELD_SCHEMA], points_schema))
		return true;
	if (!json_is(&spans[FIELD_SCHEMA], number_schema) ||
	    (name = json_text(&spans[FIELD_NAME])) == NULL)
		return false;
	named = strcasecmp(name, "Story Points") == 0 ||
		strcasecmp(name, "Story point estimate") == 0;
	free(name);
	return named;
}

void
jirafields_learn(struct jirafields *fields, const struct json_span *field)
{
	struct json_span spans[FIELD_WANTED];
	struct jirafields_names *names = NULL;
	struct json_error error;
	char *id;

	if (json_scan(fields->field_paths, field->at, field->len, spans,
		      &error) != 0)
		return;
	if (json_is(&spans[FIELD_SCHEMA], sprint_schema))
		names = &fields->sprints;
	else if (is_points(spans))
		names = &fields->points;
	if (names == NULL || (id = json_text(&spans[FIELD_ID])) == NULL)
		return;
	if (has(names, id))
		free(id);
	else
		add(names, id);
}

/* fields.ID, a dot in the id escaped. */
static char *
path(const char *id)
{
	size_t size = strlen("fields.") + 2 * strlen(id) + 1, at;
	char *text = msg_calloc(size, 1);

	at = (size_t)snprintf(text, size, "fields.");
	for (; *id != '\0'; id++) {
		if (*id == '.' || *id == '\\')
			text[at++] = '\\';
		text[at++] = *id;
	}
	return text;
}

void
jirafields_settle(struct jirafields *fields)
{
	static const char *const want[JIRAFIELDS_OWN] = {
		"id",
		"key",
		"fields.updated",
		"fields.project.key",
		"fields.status.name",
		"changelog.total",
		"changelog.histories",
	};
	size_t own = fields->points.count + fields->sprints.count, i;
	size_t count = JIRAFIELDS_OWN + own;
	char **paths = msg_calloc(count, sizeof(*paths));

	for (i = 0; i < JIRAFIELDS_OWN; i++)
		paths[i] = msg_strdup(want[i]);
	for (i = 0; i < fields->points.count; i++)
		paths[JIRAFIELDS_OWN + i] = path(fields->points.items[i]);
	for (i = 0; i < fields->sprints.count; i++)
		paths[JIRAFIELDS_OWN + fields->points.count + i] =
			path(fields->sprints.items[i]);
	json_paths_free(fields->paths);
	fields->paths = json_paths((const char *const *)paths, count);
	free(fields->spans);
	fields->spans = msg_calloc(count, sizeof(*fields->spans));
	for (i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
}

/* The i-th name to ask for, NULL after the last. */
static const char *
name_at(const struct jirafields *fields, size_t i)
{
	const struct jirafields_names *lists[] = { &fields->points,
						   &fields->sprints,
						   &fields->more };
	size_t k;

	if (i < USUAL)
		return usual[i];
	i -= USUAL;
	for (k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		if (i < lists[k]->count)
			return lists[k]->items[i];
		i -= lists[k]->count;
	}
	return NULL;
}

void
jirafields_list(const struct jirafields *fields, struct jsonw *out)
{
	const char *name;
	size_t i;

	jsonw_open(out, '[');
	for (i = 0; (name = name_at(fields, i)) != NULL; i++)
		jsonw_string(out, name);
	jsonw_close(out, ']');
}

char *
jirafields_joined(const struct jirafields *fields)
{
	const char *name;
	char *text;
	size_t i, size = 1, len = 0;

	for (i = 0; (name = name_at(fields, i)) != NULL; i++)
		size += strlen(name) + 1;
	text = msg_calloc(size, 1);
	for (i = 0; (name = name_at(fields, i)) != NULL; i++) {
		len += (size_t)snprintf(text + len, size - len, "%s%s",
					i > 0 ? "," : "", name);
	}
	return text;
}

int
jirafields_scan(struct jirafields *fields, const struct json_span *issue)
{
	struct json_error error;

	if (json_scan(fields->paths, issue->at, issue->len, fields->spans,
		      &error) != 0)
		return -1;
	return fields->spans[JIRAFIELDS_ID].type == JSON_STRING &&
			       fields->spans[JIRAFIELDS_KEY].type == JSON_STRING
		       ? 0
		       : -1;
}

size_t
jirafields_sprint_id(const char *text, size_t len, const char **id)
{
	const char *end = text + len, *at;
	size_t digits = 0;

	at = memmem(text, len, "[id=", 4);
	if (at == NULL)
		at = memmem(text, len, ",id=", 4);
	if (at == NULL)
		return 0;
	*id = at + 4;
	while (*id + digits < end && isdigit((unsigned char)(*id)[digits]))
		digits++;
	return digits;
}

static void
write_sprint(const struct json_span *sprint, struct jsonw *out)
{
	struct json_walk walk;
	struct json_span key, value;

	if (sprint->type == JSON_STRING) {
		const char *id;
		size_t len = jirafields_sprint_id(sprint->at, sprint->len, &id);

		if (len > 0)
			jsonw_bytes(out, id, len);
		return;
	}
	if (sprint->type == JSON_NUMBER) {
		jsonw_bytes(out, sprint->at, sprint->len);
		return;
	}
	if (sprint->type != JSON_OBJECT)
		return;
	walk = json_walk(sprint);
	while (json_next(&walk, &key, &value))
		if (json_is(&key, "id") &&
		    (value.type == JSON_NUMBER || value.type == JSON_STRING))
			jsonw_bytes(out, value.at, value.len);
}

static void
write_sprints(const struct json_span *field, struct jsonw *out)
{
	struct json_walk walk;
	struct json_span key, each;

	if (field->type != JSON_ARRAY)
		return;
	walk = json_walk(field);
	while (json_next(&walk, &key, &each))
		write_sprint(&each, out);
}

/* The category that the settings give this issue's status, or NULL. */
static const char *
mapped_category(const struct jirafields *fields)
{
	const struct config *map = NULL;
	char *project, *status;

	if (fields->mapping == NULL)
		return NULL;
	project = json_text(&fields->spans[JIRAFIELDS_PROJECT]);
	status = json_text(&fields->spans[JIRAFIELDS_STATUS]);
	if (project != NULL && status != NULL)
		map = config_get(config_get(fields->mapping, project), status);
	free(project);
	free(status);
	return config_text(map);
}

void
jirafields_ext(const struct jirafields *fields, struct jsonw *out)
{
	const struct json_span *own = fields->spans + JIRAFIELDS_OWN;
	const struct json_span *points = NULL;
	const char *category = mapped_category(fields);
	size_t i;

	for (i = 0; points == NULL && i < fields->points.count; i++)
		if (own[i].type == JSON_NUMBER)
			points = &own[i];
	own += fields->points.count;
	jsonw_open(out, '{');
	jsonw_key(out, "story_points");
	if (points != NULL)
		jsonw_raw(out, points->at, points->len);
	else
		jsonw_null(out);
	jsonw_key(out, "sprints");
	jsonw_open(out, '[');
	for (i = 0; i < fields->sprints.count; i++)
		write_sprints(&own[i], out);
	jsonw_close(out, ']');
	if (category != NULL) {
		jsonw_key(out, "status_category");
		jsonw_string(out, category);
	}
	jsonw_close(out, '}');
}

void
jirafields_free(struct jirafields *fields)
{
	discard(&fields->points);
	discard(&fields->sprints);
	discard(&fields->more);
	json_paths_free(fields->paths);
	json_paths_free(fields->field_paths);
	free(fields->spans);
	*fields = (struct jirafields){ 0 };
}
