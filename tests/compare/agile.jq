# The sprint figures that a question asks for, by sprint, project or over all;
# in points.
include "rules";

def size: map(.size) | add // 0;
def at_start: [.issues[] | .states[0] | select(.in)];
def at_end: [.issues[] | {outside} + (.states | last) | select(.in)];

# In the sprint and not done when it started; estimates of then.  A status that
# is not on the board counts nothing.
def committed: at_start | map(select(.done == false));
def completed: at_end | map(select(.done == true and (.outside | not)));

# Each edit from the start to the end, as the state before and after it.
def edits: [.issues[] | .states as $states | range(1; $states | length)
	| {at: $states[.].at, before: $states[. - 1], after: $states[.]}];
def added: select(.after.in and (.before.in | not)) | {at, size: .after.size};
def removed: select(.before.in and (.after.in | not)) | {at, size: .before.size};
def estimated: select(.before.in and .after.in and .before.size != .after.size)
	| {at, size: (.after.size - .before.size)};

def commitment: [.[] | committed[]] | figure("commitment"; null; size; length);
def completed_figures: ([.[] | completed[]] | figure("completed"; null; size; length)),
	([.[] | at_end[] | select(.done == true and .outside)] | figure("completed"; "outside"; size; length));
def carry_over: [.[] | at_end[] | select(.done != true)] | figure("carry_over"; null; size; length);

# Of what was committed, what was in the sprint and done at the end; both as
# estimated at the start.
def completion_rate:
	[.[].issues[] | {start: .states[0], end: (.states | last)} | select(.start.in and .start.done == false)]
	| (map(.start) | size) as $all
	| (map(select(.end.in and .end.done == true).start) | size) as $done
	| if $all == 0 then figure("completion_rate"; null; null; 0)
	else figure("completion_rate"; null; $done / $all; length) end;

def scope_change:
	[.[] | edits[]] as $edits
	| [$edits[] | added] as $added | [$edits[] | removed] as $removed | [$edits[] | estimated] as $estimated
	| figure("scope_change"; null; ($added | size) - ($removed | size) + ($estimated | size);
		($added | length) + ($removed | length) + ($estimated | length)),
	figure("scope_change"; "added"; $added | size; $added | length),
	figure("scope_change"; "removed"; $removed | size; $removed | length),
	figure("scope_change"; "estimated"; $estimated | size; $estimated | length);

# The mean over the last six sprints of each board.
def velocity:
	[group_by(.board)[] | sort_by(.ended, .sprint) | .[-6:][]] as $last
	| figure("velocity"; null; $last | map(completed | size) | mean; $last | length),
	figure("velocity"; "committed"; $last | map(committed | size) | mean; $last | length);

# What is left at the end of each day; the commitment is never corrected.  What
# is not done and reopened on a day changed the scope: what came into the sprint
# or onto the board and left them, and estimates.
def burndown:
	. as $sprint
	| (committed | size) as $commitment
	| edits as $edits
	| def mapped: select(.before.in and .after.in) | {size: (
		if .before.done == null and .after.done != null then .after.size
		elif .before.done != null and .after.done == null then - .before.size
		else 0 end)};
	({since: .started, until: (.ended + 1)} | days)[] as $day
	| ([.issues[].states | map(select((.at | day) <= $day)) | last | select(.in and .done == false)] | size) as $left
	| [$edits[] | select((.at | day) == $day)] as $edits
	| (figure("burndown"; null; $left; null), figure("burndown"; "commitment"; $commitment; null),
		figure("burndown"; "scope"; ([$edits[] | added] | size) - ([$edits[] | removed] | size)
			+ ([$edits[] | estimated] | size) + ([$edits[] | mapped] | size); null))
	| .group = $sprint.name | .period = $day;

($config | services) as $services
| [$lately | rows[] | select(.closed and (.ended | within($question)))] as $closed
| # Where no sprint closed there are no data, which is not 0.
def figures: length as $sprints
	| (commitment, completed_figures, carry_over, completion_rate, scope_change, velocity)
	| if $sprints == 0 then .value = null else . end;
if $question.by == "sprint" then
	($closed[] as $sprint | [$sprint] | figures | select(.value != null) | .group = $sprint.name | .period = null),
	($lately | rows[] | select((.closed | not) or (.ended | within($question))) | burndown)
else
	(if $question.by == "project" then
		[$projects | rows | alive[].key | select(service_of_project($services) != null)]
	elif $question.by == "service" then $services | map(.name) else ["all"] end)[] as $group
	| [$closed[] | select(if $question.by == "project" then .project == $group
		elif $question.by == "service" then .service == $group else true end)] as $here
	| ($question | days) as $all_days
	| ($all_days | map(period($question.every)) | unique)[] as $period
	| [$here[] | select((.ended | day | period($question.every)) == $period)]
	| figures | .group = $group | .period = $period
end
