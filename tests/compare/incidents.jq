# Incidents: [{key, service, created, resolved, blamed}], blamed being
# {finished, id} of the deployment that caused it, or null.
include "rules";

def named($list): ascii_downcase | among($list | map(ascii_downcase));

($config | services) as $services
| ($deployed | rows | map(select(.production and .result == "success"))) as $production

# A project that does not resolve is done when it last became so.
| ($statuses | rows | map({key: .id, value: .category}) | from_entries) as $category
| def became_done: .id as $id | [$issue_changes | rows[]
	| select(.issue_id == $id and .field == "status")
	| select($category[.to_id] == "done" and $category[.from_id] != "done").changed_at] | max;

[$issues | rows | alive[]
	| (.project_key | service_of_project($services)) as $service
	| select($service != null)
	| select(.issue_type // "" | named($service.incidents.jira_types // ["Incident"]))
	| {key, service: $service.name, created: .created_at,
		resolved: (.resolutiondate // if .status_category == "done" then became_done else null end)}]
+ [$github_issues | rows | alive[] | . as $issue
	| (.repo | service_of_repo($services)) as $service
	| select($service != null)
	| select(any($github_issue_labels | rows[]; .repo == $issue.repo and .number == $issue.number
		and (.label // "" | named($service.incidents.github_labels // []))))
	| {key: "\(.repo)#\(.number)", service: $service.name, created: .created_at,
		resolved: .closed_at}]

# The last success of the service strictly before it, whatever the gap.
| map(. as $incident | .blamed = ([$production[]
	| select(.service == $incident.service and .finished < $incident.created)]
	| sort_by(.finished, .id) | last | if . then {finished, id} else null end))
