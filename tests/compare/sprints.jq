# Sprints with what their issues were, from the start to the end of each:
# [{sprint, name, board, project, service, closed, started, planned, ended,
# issues: [{key, outside, states: [{at, in, done, size}]}]}].  The first state
# is that of the start, the others follow an edit each.
#
# done: true in the last column of the board that holds a status, false in
# another one, null not on the board.  $question.until ends a running sprint.
include "rules";

def ids: if . == null then [] else split(",") | map(ltrimstr(" ")) end;

# The value before any change is what the first one went from; without a change
# it was always what it is.
def value_at($changes; $t; $now):
	([$changes[] | select(.at <= $t)] | last) as $change
	| if $change != null then $change.to
	elif ($changes | length) > 0 then $changes[0].from else $now end;

($config | services) as $services
| [$boards | rows | alive[] | .columns = (.board_columns // "[]" | fromjson
	| map(.statuses | map(.id) | select(length > 0)))] as $boards
| ($statuses | rows | map({key: .id, value: .category}) | from_entries) as $category
| ($issue_changes | rows | map({issue_id, at: .changed_at, edit: (.history_id | tonumber), position}
		+ if .field == "Sprint" then {kind: "sprints", from: (.from_id | ids), to: (.to_id | ids)}
		elif .field == "status" and .to_id != null then {kind: "status", from: .from_id, to: .to_id}
		elif .field == "Story Points" or .field == "Story point estimate" then
			{kind: "points", from: (.from_text // "" | tonumber? // null),
				to: (.to_text // "" | tonumber? // null)}
		else {} end | select(.kind))
	| sort_by(.at, .edit, .position) | group_by(.issue_id)
	| map({key: .[0].issue_id, value: .}) | from_entries) as $changes
| ($issue_sprints | rows | group_by(.issue_id)
	| map({key: .[0].issue_id, value: (sort_by(.position) | map(.sprint_id))}) | from_entries) as $now_in

# Sub-tasks are left out: their estimate is in their parent.
| [$issues | rows | alive[] | select(.subtask != 1)
	| {id, key, project: .project_key, created: .created_at, changes: ($changes[.id] // []),
		now: {sprints: ($now_in[.id] // []), status: .status_id, points: .story_points}}
	# Most have never been in a sprint.
	| select(.now.sprints != [] or any(.changes[]; .kind == "sprints"))] as $planned

# In the last column of the board or not; the status's class where the board's
# columns are not known.
| def done($columns): . as $status
	| if $columns == [] then $category[$status] == "done"
	elif $status | among($columns | last) then true
	elif $status | among($columns | add) then false else null end;

# What the issue was at the start, and after each edit up to the end.  Closing
# a sprint moves its issues on, so for the Sprint field the end is just before.
# An issue that is created later is in no sprint before.
def states($sprint):
	. as $issue
	| def values($t): reduce ("sprints", "status", "points") as $kind ({};
		.[$kind] = value_at([$issue.changes[] | select(.kind == $kind)]; $t; $issue.now[$kind]));
	def seen($at): {at: $at, in: (.sprints as $in | $sprint.sprint | among($in)),
		done: (.status | done($sprint.columns)), size: (.points // 0)};
	[.changes[] | select(.at > $sprint.started and .at <= $sprint.ended)
		| select(.kind != "sprints" or .at < $sprint.ended or ($sprint.closed | not))] as $during
	| if .created > $sprint.started then
		{values: values(.created), states: [values(.created) | seen($sprint.started) | .in = false]}
		| if $issue.created < $sprint.ended then .states += [.values | seen($issue.created)] else . end
	else {values: values($sprint.started)} | .states = [.values | seen($sprint.started)] end
	| reduce ($during | group_by([.at, .edit])[]) as $edit (.;
		reduce $edit[] as $change (.; .values[$change.kind] = $change.to)
		| .states += [.values | seen($edit[0].at)])
	| .states;

# A board that is not known, or belongs to no project, is of the project that
# most of the issues of its sprints are in.
([$issues | rows | alive[] | .project_key as $project | $now_in[.id] // [] | .[] | . as $id
	| {board: ($sprints | rows | alive[] | select(.id == $id).board_id), $project}]
	| group_by(.board) | map({key: .[0].board, value: (group_by(.project) | max_by(length)[0].project)})
	| from_entries) as $mostly
| [$sprints | rows | alive[] | . as $sprint
	| select(.started_at != null and .state != "future")
	| ([$boards[] | select(.id == $sprint.board_id)] | first) as $board
	# One that is closed without saying when ended as planned.
	| (if .state == "closed" then .completed_at // .ends_at else null end) as $close
	| ($board.project_key // $mostly[.board_id // ""]) as $project
	| {sprint: .id, name, board: .board_id, $project,
		service: ($project | service_of_project($services).name),
		columns: ($board.columns // []), started: .started_at, planned: .ends_at,
		closed: ($close != null and $close < $question.until),
		ended: ([$close // $question.until, $question.until] | min)}
	| select(.started < $question.until and .service != null)
	| . as $sprint
	| .issues = [$planned[] | {key, states: states($sprint)} | select(any(.states[]; .in))
		| .outside = (.states[0].in and .states[0].done == true)]
	| del(.columns)]
