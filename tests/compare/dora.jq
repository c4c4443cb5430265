# The DORA figures that a question asks for, one a line.  $question: {since,
# until, by, every, bands}; TZ is its zone.
include "rules";


# Bands by limits, best first; none under n = 5.
def banded(name): .band = if .n < 5 or .value == null then null else name end;
def below($limits): .value as $value
	| banded(["elite", "high", "medium", "low"][$limits | map($value < .) | index(true) // 3]);
def up_to($limits): .value as $value
	| banded(["elite", "high", "medium", "low"][$limits | map($value <= .) | index(true) // 3]);

# Days with a deployment, counted for each week or month of $days, empty ones
# as 0; the grid ends at 400 days.
def active_days($days; $every):
	. as $active
	| [$days | group_by(period($every))[] | map(select(among($active))) | length];
def half_years: . as $months | [range(length) | $months[([. - 5, 0] | max):. + 1] | add];
def deployment_frequency($days; $ever):
	($days[-400:]) as $days
	| (map(.finished | day) | unique) as $active
	| ($active | active_days($days; "week") | lower_median) as $weekly
	| ($active | active_days($days; "month")) as $months
	| figure("deployment_frequency"; null;
		if $ever | not then null
		elif $question.every == "month" then $months | add
		else $weekly end; length)
	| banded(if $weekly >= 5 then "elite"
		elif $question.bands == "dora-2023" then
			if $weekly >= 1 then "high"
			elif ($months | lower_median) >= 1 then "medium" else "low" end
		elif ($months | lower_median) >= 1 then "high"
		elif ($months | half_years | upper_median) >= 1 then "medium" else "low" end);

def lead_time:
	. as $pulls
	| (null, "coding", "pickup", "review", "deploy") as $part
	| ($pulls | map(.[$part // "whole"] | values)) as $spans
	| figure("lead_time"; $part; $spans | lower_median; $spans | length)
	| if $part != null then .band = null
	else below(if $question.bands == "dora-2023" then [1440, 10080, 43200]
		else [60, 10080, 259200] end) end;

# Of those that ended, with success or failure, those that succeeded; and of
# these, those that were not planned.
def share(wanted): if length == 0 then null else (map(select(wanted)) | length) / length end;
def deployment_success_rate: figure("deployment_success_rate"; null; share(.result == "success"); length);
def rework_rate: figure("rework_rate"; null; share(.rework); length);

# Of the deployments, those that an incident is blamed on, each once.
def change_failure_rate($blamed; $known):
	figure("change_failure_rate"; null;
		if length == 0 or ($known | not) then null
		else share(.id | among($blamed)) end; length)
	| up_to(if $question.bands == "dora-2023" then [0.05, 0.10, 0.15] else [0.15, 0.20, 0.30] end);

# 2021: from the incident on, of those resolved in the window.  2023: from the
# deployment on, both in the window.  Open ones are in neither.
def time_to_restore(wanted):
	[.[] | select(.resolved | wanted)
		| if $question.bands == "dora-2021" then minutes(.created; .resolved)
		elif .blamed != null and (.blamed.finished | wanted) then
			minutes(.blamed.finished; .resolved)
		else null end | values]
	| figure("time_to_restore"; null; lower_median; length)
	| below([60, 1440, 10080]);

($config | services) as $services
| ($deployed | rows | map(select(.production and .result != null and .service != null))) as $ended
| ($ended | map(select(.result == "success"))) as $deployed
| [$repositories | rows | alive[].repo | {repo: ., service: service_of_repo($services).name}
	| select(.service != null)] as $places

| def grouped: if $question.by == "repo" then .repo
	elif $question.by == "service" then .service else "all" end;
(if $question.by == "repo" then $places | map(.repo)
	elif $question.by == "service" then $services | map(.name) else ["all"] end)[] as $group
| ($deployed | map(select(grouped == $group))) as $here
| ([$pulls | rows[] | select(.service != null and grouped == $group)]) as $linked

# Incidents are known for a service, so for a repository only where that is
# its service's only one.
| ([$places[] | select(.repo == $group).service] | first) as $service
| ($question.by != "repo" or ([$places[] | select(.service == $service)] | length) == 1) as $known
| [$incidents | rows[] | if $question.by == "repo" then select($known and .service == $service)
	else select(grouped == $group) end] as $incidents_here

# Each week or month is worked out as if it were the window, and cut to it.
| ($question | days) as $all_days
| ($all_days | map(period($question.every)) | unique)[] as $period
| ($all_days | map(select(period($question.every) == $period))) as $days
| def wanted: within($question) and (day | period($question.every)) == $period;
(($here | map(select(.finished | wanted))) as $finished
	| ($finished | deployment_frequency($days; ($here | length) > 0)),
	($linked | map(select(.finished | wanted)) | lead_time),
	($finished | change_failure_rate([$incidents_here[].blamed.id]; $known), rework_rate),
	($ended | map(select(grouped == $group) | select(.finished | wanted)) | deployment_success_rate),
	($incidents_here | time_to_restore(wanted)))
| .group = $group | .period = $period
