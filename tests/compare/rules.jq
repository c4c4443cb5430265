# What the other files share: rules that hold for every figure.  Written from
# the definitions, not from Pulse's SQL, and without any regard for speed.

# A slurped export; sqlite3 prints nothing for an empty table.
def rows: .[0] // [];

# Deleted rows never count.
def alive: map(select(.deleted_at == null));

# (contains and inside would take parts of texts as well.)
def among($list): . as $it | any($list[]; . == $it);

# The first service that names a repository or project; without services
# there is one with everything.
def services: .[0].clients[0].services // [{name: "all"}];
def service_of_repo($services):
	. as $repo | first($services[] | select(.repos == null or any(.repos[]; . == $repo))) // null;
def service_of_project($services):
	. as $key | first($services[] | select(.jira_projects == null or any(.jira_projects[]; . == $key))) // null;

# Minutes, rounded up; a negative span is null, never 0.
def minutes($from; $to):
	if $from == null or $to == null or $to < $from then null
	else ($to - $from) / 60 | ceil end;

# Sorted values, each with its percent rank: the share of the others that are
# less.
def ranked:
	sort as $all | ($all | length - 1) as $others
	| $all | map(. as $value | {$value, rank: (if $others == 0 then 0
		else ($all | map(select(. < $value)) | length) / $others end)});

# The largest value with a percent rank of at most a share.  The upper median is
# the upper one of the two in the middle.
def percentile($share): ranked | map(select(.rank <= $share)) | last.value;
def lower_median: percentile(0.5);
def upper_median: sort | .[length / 2 | floor];
def mean: if length == 0 then null else add / length end;

# Days are texts in the zone of TZ; weeks begin on Monday and are named by it.
def day: localtime | strftime("%Y-%m-%d");
# (jq 1.6 lets TZ move mktime by an hour.)
def number_of_day: strptime("%Y-%m-%d") | mktime / 86400 | round;
def day_of_number: . * 86400 | todate[:10];
def monday: number_of_day | . - (. + 3) % 7 | day_of_number;
def month: .[:7] + "-01";
def period($every):
	if $every == "week" then monday elif $every == "month" then month
	elif $every == "day" then . else null end;

# A window goes from since up to but not at until.
def within($window): . != null and . >= $window.since and . < $window.until;
def days:
	[range(.since | day | number_of_day; (.until - 1 | day | number_of_day) + 1) | day_of_number];

# What every file answers; the caller adds group and period.
def figure($metric; $part; $value; $n): {metric: $metric, part: $part, value: $value, n: $n};
