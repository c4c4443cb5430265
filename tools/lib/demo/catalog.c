#include "demo/catalog.h"

#include <string.h>

const struct catalog_status catalog_statuses[] = {
	{ 1, "Open", CATALOG_NEW, NULL },
	{ 3, "In Progress", CATALOG_INDETERMINATE, NULL },
	{ 5, "Resolved", CATALOG_DONE, NULL },
	{ 6, "Closed", CATALOG_DONE, NULL },
	{ 10000, "To Do", CATALOG_NEW, NULL },
	{ 10001, "In Review", CATALOG_INDETERMINATE, NULL },
	{ 10002, "Done", CATALOG_DONE, NULL },
	{ 10005, "Waiting for vendor", CATALOG_INDETERMINATE, NULL },
	{ 10006, "Imported", CATALOG_UNDEFINED, NULL },
	{ 10010, "未着手", CATALOG_NEW, NULL },
	{ 10011, "進行中", CATALOG_INDETERMINATE, NULL },
	{ 10012, "レビュー中", CATALOG_INDETERMINATE, NULL },
	{ 10013, "完了", CATALOG_DONE, NULL },
	{ 10020, "To Do", CATALOG_NEW, "MOB" },
	{ 10021, "In Progress", CATALOG_INDETERMINATE, "MOB" },
	{ 10022, "Testing 🧪", CATALOG_INDETERMINATE, "MOB" },
	{ 10023, "Done", CATALOG_DONE, "MOB" },
	{ 10030, "Zu erledigen", CATALOG_NEW, NULL },
	{ 10031, "In Arbeit", CATALOG_INDETERMINATE, NULL },
	{ 10032, "Prüfung", CATALOG_INDETERMINATE, NULL },
	{ 10033, "Fertig", CATALOG_DONE, NULL },
	{ 10040, "To Do", CATALOG_NEW, "A_B" },
	{ 10041, "In Progress", CATALOG_INDETERMINATE, "A_B" },
	{ 10042, "In Review", CATALOG_INDETERMINATE, "A_B" },
	{ 10043, "Done", CATALOG_DONE, "A_B" },
};
const size_t catalog_status_count =
	sizeof(catalog_statuses) / sizeof(catalog_statuses[0]);

const char *const catalog_category_keys[] = { "undefined", "new",
					      "indeterminate", "done" };
const char *const catalog_category_names[] = { "No Category", "To Do",
					       "In Progress", "Done" };
const char *const catalog_category_colors[] = { "medium-gray", "blue-gray",
						"yellow", "green" };
const int catalog_category_ids[] = { 1, 2, 4, 3 };

const struct catalog_type catalog_types[] = {
	{ 10001, "Story", CATALOG_STORY, NULL },
	{ 10004, "Bug", CATALOG_BUG, NULL },
	{ 10002, "Task", CATALOG_TASK, NULL },
	{ 10000, "Epic", CATALOG_EPIC, NULL },
	{ 10003, "Sub-task", CATALOG_SUBTASK, NULL },
	{ 10005, "Incident", CATALOG_INCIDENT, NULL },
	{ 10021, "Story", CATALOG_STORY, "MOB" },
	{ 10022, "Bug", CATALOG_BUG, "MOB" },
	{ 10023, "Task", CATALOG_TASK, "MOB" },
	{ 10024, "Epic", CATALOG_EPIC, "MOB" },
	{ 10025, "Subtask", CATALOG_SUBTASK, "MOB" },
	{ 10041, "Story", CATALOG_STORY, "A_B" },
	{ 10042, "Bug", CATALOG_BUG, "A_B" },
	{ 10043, "Task", CATALOG_TASK, "A_B" },
	{ 10044, "Epic", CATALOG_EPIC, "A_B" },
	{ 10045, "Subtask", CATALOG_SUBTASK, "A_B" },
};
const size_t catalog_type_count =
	sizeof(catalog_types) / sizeof(catalog_types[0]);

const struct catalog_named catalog_priorities[] = {
	{ 1, "Highest" }, { 2, "High" },   { 3, "Medium" },
	{ 4, "Low" },	  { 5, "Lowest" },
};
const size_t catalog_priority_count =
	sizeof(catalog_priorities) / sizeof(catalog_priorities[0]);

const struct catalog_named catalog_resolutions[] = {
	{ 10000, "Done" },
	{ 10001, "Won't Do" },
	{ 10002, "Duplicate" },
	{ 10003, "Cannot Reproduce" },
};
const size_t catalog_resolution_count =
	sizeof(catalog_resolutions) / sizeof(catalog_resolutions[0]);

const struct catalog_named catalog_versions[] = {
	{ 10100, "1.0" }, { 10101, "1.1" }, { 10102, "2.0" },
	{ 10103, "2.1" }, { 10104, "3.0" },
};
const size_t catalog_version_count =
	sizeof(catalog_versions) / sizeof(catalog_versions[0]);

static const struct catalog_flow flows[] = {
	{ "PAY",
	  "Payments software workflow",
	  false,
	  true,
	  true,
	  CATALOG_POINTS_FIELD,
	  { 10000, 3, 10001, 10002 },
	  { "backend", "pci", "checkout", "tech-debt" } },
	{ "WEB",
	  "Web shop workflow",
	  false,
	  true,
	  true,
	  CATALOG_POINTS_FIELD,
	  { 10010, 10011, 10012, 10013 },
	  { "frontend", "a11y", "検索", "seo" } },
	{ "MOB",
	  "Mobile apps",
	  true,
	  false,
	  true,
	  CATALOG_ESTIMATE_FIELD,
	  { 10020, 10021, 10022, 10023 },
	  { "ios", "android", "push", "crash" } },
	{ "AB2",
	  "Analytik",
	  false,
	  false,
	  true,
	  CATALOG_POINTS_FIELD,
	  { 10030, 10031, 10032, 10033 },
	  { "etl", "Übersicht", "dashboard", "dsgvo" } },
	{ "A_B",
	  "Ångström Büro",
	  true,
	  true,
	  false,
	  CATALOG_ESTIMATE_FIELD,
	  { 10040, 10041, 10042, 10043 },
	  { "lab", "büro", "quick-win", "spike" } },
	{ "OPS",
	  "Operations workflow",
	  false,
	  false,
	  true,
	  CATALOG_POINTS_FIELD,
	  { 1, 3, 10005, 5 },
	  { "sev1", "sev2", "post-mortem", "on-call" } },
};

const struct catalog_flow *
catalog_flow(const char *project)
{
	size_t i;

	for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++)
		if (strcmp(flows[i].project, project) == 0)
			return &flows[i];
	return &flows[0];
}

int
catalog_status(int id)
{
	size_t i;

	for (i = 0; i < catalog_status_count; i++)
		if (catalog_statuses[i].id == id)
			return (int)i;
	return 0;
}

int
catalog_type(const char *project, enum catalog_kind kind)
{
	bool own = catalog_flow(project)->team_managed;
	size_t i;

	for (i = 0; i < catalog_type_count; i++) {
		const struct catalog_type *type = &catalog_types[i];

		if (type->kind != kind)
			continue;
		if (own ? type->project != NULL &&
				    strcmp(type->project, project) == 0
			: type->project == NULL)
			return (int)i;
	}
	return catalog_type(project, CATALOG_TASK);
}

#define GREENHOPPER "com.pyxis.greenhopper.jira:"
#define SYSTEM "com.atlassian.jira.plugin.system.customfieldtypes:"

const struct catalog_field catalog_fields[] = {
	{ "statuscategorychangedate", "Status Category Changed", "datetime",
	  NULL, NULL, false, CATALOG_STATUS_CHANGED, NULL },
	{ "issuetype", "Issue Type", "issuetype", NULL, NULL, true,
	  CATALOG_ISSUETYPE, NULL },
	{ "timespent", "Time Spent", "number", NULL, NULL, false, CATALOG_NULL,
	  NULL },
	{ "project", "Project", "project", NULL, NULL, true, CATALOG_PROJECT,
	  NULL },
	{ "fixVersions", "Fix versions", "array", "version", NULL, true,
	  CATALOG_VERSIONS, NULL },
	{ "statusCategory", "Status Category", "statusCategory", NULL, NULL,
	  false, CATALOG_STATUS_CATEGORY, NULL },
	{ "aggregatetimespent", "Σ Time Spent", "number", NULL, NULL, false,
	  CATALOG_NULL, NULL },
	{ "resolution", "Resolution", "resolution", NULL, NULL, true,
	  CATALOG_RESOLUTION, NULL },
	{ "resolutiondate", "Resolved", "datetime", NULL, NULL, true,
	  CATALOG_RESOLVED, NULL },
	{ "workratio", "Work Ratio", "number", NULL, NULL, false, CATALOG_TEXT,
	  "-1" },
	{ "watches", "Watchers", "watches", NULL, NULL, true, CATALOG_WATCHES,
	  NULL },
	{ "issuerestriction", "Restrict to", "issuerestriction", NULL, NULL,
	  false, CATALOG_TEXT,
	  "{\"issuerestrictions\":{},\"shouldDisplay\":true}" },
	{ "lastViewed", "Last Viewed", "datetime", NULL, NULL, true,
	  CATALOG_NULL, NULL },
	{ "created", "Created", "datetime", NULL, NULL, true, CATALOG_CREATED,
	  NULL },
	{ "priority", "Priority", "priority", NULL, NULL, true,
	  CATALOG_PRIORITY, NULL },
	{ "labels", "Labels", "array", "string", NULL, true, CATALOG_LABELS,
	  NULL },
	{ "timeestimate", "Remaining Estimate", "number", NULL, NULL, false,
	  CATALOG_NULL, NULL },
	{ "aggregatetimeoriginalestimate", "Σ Original Estimate", "number",
	  NULL, NULL, false, CATALOG_NULL, NULL },
	{ "versions", "Affects versions", "array", "version", NULL, true,
	  CATALOG_LIST, NULL },
	{ "issuelinks", "Linked Issues", "array", "issuelinks", NULL, true,
	  CATALOG_LINKS, NULL },
	{ "assignee", "Assignee", "user", NULL, NULL, true, CATALOG_ASSIGNEE,
	  NULL },
	{ "updated", "Updated", "datetime", NULL, NULL, true, CATALOG_UPDATED,
	  NULL },
	{ "status", "Status", "status", NULL, NULL, true, CATALOG_STATUS,
	  NULL },
	{ "components", "Components", "array", "component", NULL, true,
	  CATALOG_LIST, NULL },
	{ "timeoriginalestimate", "Original estimate", "number", NULL, NULL,
	  false, CATALOG_NULL, NULL },
	{ "description", "Description", "string", NULL, NULL, true,
	  CATALOG_DESCRIPTION, NULL },
	{ "timetracking", "Time tracking", "timetracking", NULL, NULL, true,
	  CATALOG_TEXT, "{}" },
	{ "security", "Security Level", "securitylevel", NULL, NULL, true,
	  CATALOG_NULL, NULL },
	{ "attachment", "Attachment", "array", "attachment", NULL, true,
	  CATALOG_LIST, NULL },
	{ "aggregatetimeestimate", "Σ Remaining Estimate", "number", NULL, NULL,
	  false, CATALOG_NULL, NULL },
	{ "summary", "Summary", "string", NULL, NULL, true, CATALOG_SUMMARY,
	  NULL },
	{ "creator", "Creator", "user", NULL, NULL, true, CATALOG_CREATOR,
	  NULL },
	{ "subtasks", "Sub-tasks", "array", "issuelinks", NULL, true,
	  CATALOG_SUBTASKS, NULL },
	{ "reporter", "Reporter", "user", NULL, NULL, true, CATALOG_REPORTER,
	  NULL },
	{ "aggregateprogress", "Σ Progress", "progress", NULL, NULL, true,
	  CATALOG_TEXT, "{\"progress\":0,\"total\":0}" },
	{ "environment", "Environment", "string", NULL, NULL, true,
	  CATALOG_NULL, NULL },
	{ "duedate", "Due date", "date", NULL, NULL, true, CATALOG_NULL, NULL },
	{ "progress", "Progress", "progress", NULL, NULL, true, CATALOG_TEXT,
	  "{\"progress\":0,\"total\":0}" },
	{ "votes", "Votes", "votes", NULL, NULL, true, CATALOG_VOTES, NULL },
	{ "comment", "Comment", "comments-page", NULL, NULL, false,
	  CATALOG_COMMENT, NULL },
	{ "worklog", "Log Work", "array", "worklog", NULL, false, CATALOG_TEXT,
	  "{\"startAt\":0,\"maxResults\":20,\"total\":0,\"worklogs\":[]}" },
	{ "parent", "Parent", NULL, NULL, NULL, true, CATALOG_PARENT, NULL },
	{ "issuekey", "Key", NULL, NULL, NULL, true, CATALOG_KEY, NULL },
	{ "thumbnail", "Images", NULL, NULL, NULL, true, CATALOG_KEY, NULL },
	{ "customfield_10000", "Development", "any", NULL,
	  "com.atlassian.jira.plugins.jira-development-integration-plugin:"
	  "devsummarycf",
	  true, CATALOG_TEXT, "\"{}\"" },
	{ "customfield_10001", "Team", "team", NULL,
	  "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team",
	  true, CATALOG_NULL, NULL },
	{ "customfield_10010", "Request Type", "sd-customerrequesttype", NULL,
	  "com.atlassian.servicedesk:vp-origin", true, CATALOG_NULL, NULL },
	{ "customfield_10014", "Epic Link", "any", NULL,
	  GREENHOPPER "gh-epic-link", true, CATALOG_EPIC_LINK, NULL },
	{ CATALOG_ESTIMATE_FIELD, "Story point estimate", "number", NULL,
	  GREENHOPPER "jsw-story-points", true, CATALOG_ESTIMATE, NULL },
	{ "customfield_10017", "Issue color", "string", NULL,
	  GREENHOPPER "jsw-issue-color", true, CATALOG_NULL, NULL },
	{ "customfield_10018", "Parent Link", "any", NULL,
	  "com.atlassian.jpo:jpo-custom-field-parent", true, CATALOG_TEXT,
	  "{\"hasEpicLinkFieldDependency\":false,\"showField\":false,"
	  "\"nonEditableReason\":{\"reason\":\"PLUGIN_LICENSE_ERROR\","
	  "\"message\":\"The Parent Link is only available to Jira Premium "
	  "users.\"}}" },
	{ "customfield_10019", "Rank", "any", NULL, GREENHOPPER "gh-lexo-rank",
	  true, CATALOG_RANK, NULL },
	{ CATALOG_SPRINT_FIELD, "Sprint", "array", "json",
	  GREENHOPPER "gh-sprint", true, CATALOG_SPRINT, NULL },
	{ "customfield_10021", "Flagged", "array", "option",
	  SYSTEM "multicheckboxes", true, CATALOG_FLAGGED, NULL },
	{ "customfield_10022", "Target start", "date", NULL,
	  "com.atlassian.jpo:jpo-custom-field-baseline-start", true,
	  CATALOG_NULL, NULL },
	{ "customfield_10023", "Target end", "date", NULL,
	  "com.atlassian.jpo:jpo-custom-field-baseline-end", true, CATALOG_NULL,
	  NULL },
	{ CATALOG_POINTS_FIELD, "Story Points", "number", NULL, SYSTEM "float",
	  true, CATALOG_POINTS, NULL },
#define PLAIN(number, name, kind)                                              \
	{                                                                      \
		"customfield_" number, name, "string", NULL, SYSTEM kind,      \
			true, CATALOG_NULL, NULL                               \
	}
	PLAIN("10029", "Acceptance criteria", "textarea"),
	PLAIN("10030", "Root cause", "textarea"),
	PLAIN("10031", "Customer", "textfield"),
	PLAIN("10032", "Cost centre", "textfield"),
	PLAIN("10033", "Severity", "select"),
	PLAIN("10034", "Impact", "select"),
	PLAIN("10035", "Urgency", "select"),
	PLAIN("10036", "Change type", "select"),
	PLAIN("10037", "Change risk", "select"),
	PLAIN("10038", "Change reason", "select"),
	PLAIN("10039", "Change start date", "datetime"),
	PLAIN("10040", "Change completion date", "datetime"),
	PLAIN("10041", "Actual start", "datetime"),
	PLAIN("10042", "Actual end", "datetime"),
	PLAIN("10043", "Affected services", "textfield"),
	PLAIN("10044", "Approvals", "textfield"),
	PLAIN("10045", "Responders", "textfield"),
	PLAIN("10046", "Pending reason", "select"),
	PLAIN("10047", "Product categorization", "cascadingselect"),
	PLAIN("10048", "Operational categorization", "cascadingselect"),
	PLAIN("10049", "Source", "select"),
	PLAIN("10050", "Investigation reason", "select"),
	PLAIN("10051", "Workaround", "textarea"),
	PLAIN("10052", "Backout plan", "textarea"),
	PLAIN("10053", "Implementation plan", "textarea"),
	PLAIN("10054", "Test plan", "textarea"),
	PLAIN("10055", "Reviewer", "userpicker"),
	PLAIN("10056", "QA owner", "userpicker"),
	PLAIN("10057", "Release notes", "textarea"),
	PLAIN("10058", "Design link", "url"),
	PLAIN("10059", "Figma", "url"),
	PLAIN("10060", "Experiment", "textfield"),
	PLAIN("10061", "Feature flag", "textfield"),
	PLAIN("10062", "Customer impact", "textarea"),
	PLAIN("10063", "Vertical", "select"),
	PLAIN("10064", "Quarter", "select"),
	PLAIN("10065", "Objective", "textfield"),
	PLAIN("10066", "T-shirt size", "select"),
	PLAIN("10067", "Original story points", "float"),
	PLAIN("10068", "Vulnerability", "textfield"),
	PLAIN("10069", "Sentiment", "textfield"),
	PLAIN("10070", "Goals", "textfield"),
	PLAIN("10071", "Focus areas", "textfield"),
	PLAIN("10072", "Betroffene Länder", "multiselect"),
	PLAIN("10073", "優先顧客", "textfield"),
#undef PLAIN
};
const size_t catalog_field_count =
	sizeof(catalog_fields) / sizeof(catalog_fields[0]);
