# The figures of pull requests that a question asks for, by repository or
# service.
include "rules";


# Each counts by its own date; the whole counts a pull request once.
def pull_requests(wanted):
	[.[] | {opened: (.created_at | wanted), merged: (.merged_at | wanted),
		closed_unmerged: (.merged_at == null and (.closed_at | wanted))}] as $all
	| ([$all[] | select(.opened or .merged or .closed_unmerged)] | length) as $n
	| figure("pull_requests"; null; $n; $n),
	(("opened", "merged", "closed_unmerged") as $part
		| [$all[] | select(.[$part])] | length
		| figure("pull_requests"; $part; .; .));

# From the creation to the first answer by somebody else who is no bot, unless
# that came when it was over.
def time_to_first_review(wanted):
	[.[] | select(.created_at | wanted) | minutes(.created_at; .answered) | values] as $spans
	| ($spans | length) as $n
	| figure("time_to_first_review"; null; $spans | lower_median; $n),
		figure("time_to_first_review"; "p90"; $spans | percentile(0.9); $n);

# Bots are told by their type or name; what they open and say does not count.
def bot: .author_type == "Bot" or (.author // "" | endswith("[bot]"));

($config | services) as $services
| (($comments | rows | alive | map({repo, number, author, author_type, at: .created_at}))
	+ ($reviews | rows | alive | map({repo, number, author, author_type, at: .submitted_at}))
	| map(select(.at != null)) | group_by([.repo, .number])
	| map({key: "\(.[0].repo) \(.[0].number)", value: .}) | from_entries) as $answers
| [$pull_requests | rows | alive[] | select(bot | not)
	| . as $pull | .service = (.repo | service_of_repo($services).name)
	| select(.service != null)
	| .answered = ([$answers["\(.repo) \(.number)"] // [] | .[]
		| select($pull.author == null or .author != $pull.author)
		| select(bot | not)
		| select(.at <= ($pull.merged_at // $pull.closed_at // .at)).at] | min)]
	as $pulls
| (if $question.by == "repo" then
		[$repositories | rows | alive[].repo | select(service_of_repo($services) != null)]
	elif $question.by == "service" then $services | map(.name) else ["all"] end)[] as $group
| [$pulls[] | select(if $question.by == "repo" then .repo == $group
	elif $question.by == "service" then .service == $group else true end)] as $here

| ($question | days) as $all_days
| ($all_days | map(period($question.every)) | unique)[] as $period
| def wanted: within($question) and (day | period($question.every)) == $period;
($here | pull_requests(wanted), time_to_first_review(wanted))
| .group = $group | .period = $period
