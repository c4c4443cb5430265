# Merged pull requests with their deployment and their spans: [{repo, number,
# service, deployment, method, environment, finished, coding, pickup, review,
# deploy, whole}].  $deployed is what deployments.jq answers, $owners the lines
# of reach.awk as text.
include "rules";

def by_pull: group_by([.repo, .number])
	| map({key: "\(.[0].repo) \(.[0].number)", value: .}) | from_entries;

($deployed | rows) as $deployed
| ($owners | split("\n") | map(split("\t") | select(length == 4)
	| {key: .[:3] | join("\t"), value: .[3]}) | from_entries) as $owners
| ($commits | rows | alive | map({key: "\(.repo) \(.sha)", value: true}) | from_entries) as $stored
| ($pull_request_commits | rows | alive | by_pull) as $commits_of
| (($comments | rows | alive | map({repo, number, author, at: .created_at}))
	+ ($reviews | rows | alive | map({repo, number, author, at: .submitted_at}))
	| map(select(.at != null)) | by_pull) as $answers_to
| ($deployed | map(select(.result == "success")) | group_by([.repo, .environment])) as $chains

# In a chain: the deployment that owns the merge commit.  Where the merge
# commit or a deployed one is not stored, a guess by time: the first success
# that finished when it was merged or later, unless it is known to lack it,
# and never the first of the chain.
| def link($pull; $chain):
	$owners[[$pull.repo, $chain[0].environment, $pull.merge_commit_sha // ""] | join("\t")] as $owner
	| ($stored["\($pull.repo) \($pull.merge_commit_sha)"] // false) as $merge_stored
	| if $owner == "-" then empty
	elif $owner != null then
		$chain[] | select("\(.id)" == $owner) | {deployment: ., method: "sha"}
	else
		first($chain | to_entries[] | select(.value.finished >= $pull.merged_at)
			| select(($merge_stored and $stored["\(.value.repo) \(.value.sha)"]) | not))
		| select(.key > 0) | {deployment: .value, method: "time"}
	end;

# The earliest of all production chains; what is sure beats a guess.
def deployment($pull):
	[$chains[] | select(.[0].repo == $pull.repo and .[0].production) | link($pull; .)]
	| sort_by(.method, .deployment.finished, .deployment.id)[0];

[$pull_requests | rows | alive[] | select(.merged_at != null)
	| . as $pull | "\(.repo) \(.number)" as $key
	| deployment($pull) as $link
	| ($commits_of[$key] // [] | map(.authored_at | values) | min) as $authored
	# Someone else than the author; when he is unknown, anyone.
	| ($answers_to[$key] // []
		| map(select($pull.author == null or .author != $pull.author).at) | min) as $answered
	| {repo, number, method: $link.method, deployment: $link.deployment.id,
		environment: $link.deployment.environment,
		service: $link.deployment.service, finished: $link.deployment.finished,
		coding: minutes($authored; .created_at),
		pickup: minutes(.created_at; $answered),
		review: minutes($answered; .merged_at),
		deploy: minutes(.merged_at; $link.deployment.finished)}
	# The parts overlap: pickup and review are not summed.
	| .whole = (.coding // 0) + (minutes($pull.created_at; $pull.merged_at) // 0) + (.deploy // 0)]
