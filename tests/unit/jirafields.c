/* jirafields: custom fields by their schema, sprints in both spellings. */
#include "net/jirafields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #truth);     \
			failures++;                                            \
		}                                                              \
	} while (0)

static struct json_span
object(const char *text)
{
	return (struct json_span){ .at = text,
				   .len = strlen(text),
				   .type = JSON_OBJECT };
}

static void
learn(struct jirafields *fields, const char *id, const char *name,
      const char *schema)
{
	char text[256];
	struct json_span span;

	snprintf(text, sizeof(text),
		 "{\"id\":\"%s\",\"name\":\"%s\",\"schema\":{\"custom\":"
		 "\"%s\"}}",
		 id, name, schema);
	span = object(text);
	jirafields_learn(fields, &span);
}

static void
says(struct jirafields *fields, const char *issue, const char *ext)
{
	struct json_span span = object(issue);
	struct jsonw out = { 0 };

	CHECK(jirafields_scan(fields, &span) == 0);
	jirafields_ext(fields, &out);
	if (out.text == NULL || strcmp(out.text, ext) != 0) {
		printf("%s\n  instead of %s\n", out.text, ext);
		failures++;
	}
	jsonw_free(&out);
}

static void
sprint_is(const char *text, const char *id)
{
	const char *found = "";
	size_t len = jirafields_sprint_id(text, strlen(text), &found);

	CHECK(len == strlen(id) && memcmp(found, id, len) == 0);
}

static void
issues_tell_their_points_and_sprints(struct jirafields *fields)
{
	says(fields, "{\"id\":\"1\",\"key\":\"A-1\",\"fields\":{}}",
	     "{\"story_points\":null,\"sprints\":[]}");
	says(fields,
	     "{\"id\":\"1\",\"key\":\"A-1\",\"fields\":{\"customfield_3\":"
	     "null,\"customfield_1\":5.0,\"customfield_2\":[{\"id\":12,"
	     "\"board\":{\"id\":9}},{\"id\":15}]}}",
	     "{\"story_points\":5.0,\"sprints\":[\"12\",\"15\"]}");
	says(fields,
	     "{\"id\":\"1\",\"key\":\"A-1\",\"fields\":{\"customfield_3\":2,"
	     "\"customfield_1\":5,\"customfield_2\":[\"com.Sprint@1f[id=7,"
	     "rapidViewId=3,name=x,id=99]\"]}}",
	     "{\"story_points\":5,\"sprints\":[\"7\"]}");
}

int
main(void)
{
	static const char *more_items[] = { "customfield_50", NULL };
	static const char mapping[] = "PAY: {Parked: indeterminate}";
	const struct settings_jira more = { .fields = { more_items, 1 } };
	struct settings_jira mapped = { 0 };
	struct json_span bad = object("{\"id\":\"1\",\"fields\":{}}");
	struct jirafields fields;
	struct config *root;
	char *joined, *why;

	jirafields_start(&fields, &more);
	learn(&fields, "customfield_1", "Estimate",
	      "com.pyxis.greenhopper.jira:jsw-story-points");
	learn(&fields, "customfield_2", "Sprint",
	      "com.pyxis.greenhopper.jira:gh-sprint");
	learn(&fields, "customfield_3", "story points",
	      "com.atlassian.jira.plugin.system.customfieldtypes:float");
	learn(&fields, "customfield_4", "Weight",
	      "com.atlassian.jira.plugin.system.customfieldtypes:float");
	learn(&fields, "customfield_5", "Story Points",
	      "com.atlassian.jira.plugin.system.customfieldtypes:textfield");
	jirafields_settle(&fields);
	joined = jirafields_joined(&fields);
	CHECK(strstr(joined, ",customfield_1,customfield_3,customfield_2,"
			     "customfield_50") != NULL);
	CHECK(strstr(joined, "customfield_4") == NULL);
	CHECK(strstr(joined, "customfield_5,") == NULL);
	free(joined);
	issues_tell_their_points_and_sprints(&fields);
	CHECK(jirafields_scan(&fields, &bad) == -1);
	jirafields_free(&fields);

	root = config_parse("mapping", mapping, sizeof(mapping) - 1, &why);
	mapped.status_mapping = root;
	jirafields_start(&fields, &mapped);
	jirafields_settle(&fields);
	says(&fields, "{\"id\":\"1\",\"key\":\"A-1\"}",
	     "{\"story_points\":null,\"sprints\":[]}");
	says(&fields,
	     "{\"id\":\"1\",\"key\":\"PAY-1\",\"fields\":{\"project\":{"
	     "\"key\":\"PAY\"},\"status\":{\"name\":\"Parked\"}}}",
	     "{\"story_points\":null,\"sprints\":[],"
	     "\"status_category\":\"indeterminate\"}");
	says(&fields,
	     "{\"id\":\"1\",\"key\":\"WEB-1\",\"fields\":{\"project\":{"
	     "\"key\":\"WEB\"},\"status\":{\"name\":\"Parked\"}}}",
	     "{\"story_points\":null,\"sprints\":[]}");
	jirafields_free(&fields);
	config_free(root);

	sprint_is("com.atlassian.greenhopper.service.sprint.Sprint@1f[id=12,"
		  "rapidViewId=3,state=CLOSED,name=Sprint 1,goal=]",
		  "12");
	sprint_is("Sprint@1f[completeDate=<null>,id=7,name=S]", "7");
	sprint_is("Sprint@1f[name=S]", "");
	sprint_is("", "");
	return failures > 0;
}
