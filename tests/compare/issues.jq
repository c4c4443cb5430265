# Issues as the flow figures see them: [{key, project, service, type, points,
# resolution, created, done, done_at, moves, began, ended, active}].
#
# moves: [{at, from, to}], the changes of status as classes (new,
# indeterminate, done), in order.
include "rules";

# A category of Jira is a class; what has none is in progress.
def class: if . == "done" or . == "new" then . else "indeterminate" end;

($config | services) as $services
| ($statuses | rows | map({key: .id, value: .category}) | from_entries) as $category
| ($issue_changes | rows | map(select(.field == "status" and .to_id != null))
	| sort_by(.changed_at, (.history_id | tonumber), .position) | group_by(.issue_id)
	| map({key: .[0].issue_id, value: .}) | from_entries) as $changes

| [$issues | rows | alive[]
	| (.project_key | service_of_project($services).name) as $service
	| [$changes[.id] // [] | .[] | {at: .changed_at, from: ($category[.from_id] | class),
		to: ($category[.to_id] | class)}] as $moves
	# It comes to be done when it was not before.
	| ([$moves[] | select(.to == "done" and .from != "done").at]) as $became_done
	# What it was from when on; the first status is that of the creation.
	| ([{at: .created_at, class: (if $moves == [] then .status_category | class else $moves[0].from end)}]
		+ ($moves | map({at, class: .to}))) as $stages
	| ([$stages[] | select(.class == "indeterminate").at] | first) as $began
	| ($became_done | last) as $ended
	| {key, project: .project_key, service: $service, type: .issue_type,
		points: .story_points, resolution,
		created: .created_at, moves: $moves, done: (.status_category == "done"),
		done_at: (.resolutiondate // $ended // .created_at),
		began: $began, ended: $ended,
		active: (if $began == null or $ended == null then null else
			[range($stages | length) | $stages[.] as $stage
				| ($stages[. + 1].at // $ended) as $until
				| select($stage.class == "indeterminate" and $stage.at < $ended)
				| ([$until, $ended] | min) - $stage.at] | add end)}]
