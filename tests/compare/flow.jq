# The figures of Jira's flow that a question asks for, by project or service.
include "rules";

def whole_minutes($from; $to): ($to - $from) / 60 | floor;

# Creation to resolution in days, of what is done now and was resolved then.
def issue_lead_time:
	map(whole_minutes(.created; .done_at) | select(. >= 0) / 1440) as $spans | ($spans | length) as $n
	| figure("issue_lead_time"; null; $spans | mean; $n),
		figure("issue_lead_time"; "median"; $spans | lower_median; $n),
		figure("issue_lead_time"; "p80"; $spans | percentile(0.8); $n);

# Issues that are done by the day of their resolution, and their points.
def throughput:
	figure("throughput"; null; length; length),
		figure("throughput"; "points"; map(.points // 0) | add // 0;
			map(select(.points != null)) | length);

# First in progress to last done; what skipped progress has none, and what was
# given up is left out.
def cycle_time:
	["won't do", "won't fix", "duplicate", "cannot reproduce", "declined", "cancelled"] as $cancelled
	| map(select(.resolution // "" | ascii_downcase | among($cancelled) | not)) as $kept
	| ($kept | map(select(.began != null and .ended != null and .began <= .ended))) as $through
	| ($through | map(whole_minutes(.began; .ended))) as $spans | ($spans | length) as $n
	| figure("cycle_time"; null; $spans | lower_median; $n),
		figure("cycle_time"; "p85"; $spans | percentile(0.85); $n),
		figure("cycle_time"; "p95"; $spans | percentile(0.95); $n),
		figure("cycle_time"; "active"; $through | map(.active / 60 | floor) | lower_median; $n);

# Of the issues that became done in the period, those that left it after.
def reopen_rate(wanted):
	map(([.moves[] | select(.to == "done" and .from != "done" and (.at | wanted)).at] | first) as $done
		| select($done != null)
		| any(.moves[]; .from == "done" and .to != "done" and .at > $done))
	| figure("reopen_rate"; null; if length == 0 then null
		else (map(select(.)) | length) / length end; length);

($config | services) as $services
| [$flow | rows[] | select(.service != null)] as $issues
| (if $question.by == "project" then
		[$projects | rows | alive[].key | select(service_of_project($services) != null)]
	elif $question.by == "service" then $services | map(.name) else ["all"] end)[] as $group
| [$issues[] | select(if $question.by == "project" then .project == $group
	elif $question.by == "service" then .service == $group else true end)] as $here

| ($question | days) as $all_days
| ($all_days | map(period($question.every)) | unique)[] as $period
| def wanted: within($question) and (day | period($question.every)) == $period;
[$here[] | select(.done and (.done_at | wanted))] as $done
| ($done | issue_lead_time, throughput, cycle_time), ($here | reopen_rate(wanted))
| .group = $group | .period = $period
