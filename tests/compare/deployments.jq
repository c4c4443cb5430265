# Deployments, and releases where they stand for them, with how they ended:
# [{repo, service, environment, id, sha, finished, result, production, rework}].
include "rules";

# Success: a success status, whatever came after it; or only inactive and
# active ones.  Failure: an error or failure and no success.  Else no result.
# Finished: the first success; the last failure or error; else updated_at.
def ended($statuses):
	def times(wanted): [$statuses[] | select(.state | wanted).created_at];
	times(. == "success") as $succeeded
	| times(. == "error" or . == "failure") as $failed
	| times(. == "inactive" or . == "active") as $quiet
	| if ($succeeded | length) > 0 then {result: "success", finished: ($succeeded | min)}
	elif ($failed | length) > 0 then {result: "failure", finished: ($failed | max)}
	elif ($statuses | length) > 0 and ($quiet | length) == ($statuses | length) then
		{result: "success", finished: .updated_at}
	else {result: null, finished: null} end;

($config | services) as $services
| ($deployments | rows | alive) as $deployments
| ($deployment_statuses | rows | alive | group_by(.deployment_id)
	| map({key: "\(.[0].deployment_id)", value: .}) | from_entries) as $statuses

# Releases count where a repository has no deployment and pulse.yaml says so:
# published ones, neither draft nor prerelease.
| [if $config[0].clients[0].github.deployments == "releases" then
	$releases | rows | alive[]
	| select(.published_at != null and .draft != 1 and .prerelease != 1)
	| select(.repo | among($deployments | map(.repo)) | not)
	| {repo, environment: "release", id, sha, finished: .published_at,
		result: "success", release: true, names: [.tag_name, .name]}
	else empty end] as $released

| [$deployments[] | {repo, environment, id, sha, names: [.ref, .task]} + ended($statuses["\(.id)"] // [])]
	+ $released
| map((.repo | service_of_repo($services)) as $service
	| .service = $service.name
	| .production = (.release or (.environment // "" | test($service.production // "^prod"; "i")))
	| .rework = any(.names[] | values; test($service.rework // "rollback|revert|hotfix"; "i")))
| sort_by(.finished, .id)

# Rework is also what goes back: its commit is not that of the success before it
# in the same environment, but of an earlier one.
| [group_by([.repo, .environment])[] | map(select(.result == "success")) as $chain
	| .[] | . as $deployment
	| ([$chain[] | select([.finished, .id] < [$deployment.finished, $deployment.id]).sha]) as $earlier
	| if .result == "success" and .sha != $earlier[-1] and (.sha | among($earlier)) then
		.rework = true else . end]
| sort_by(.finished, .id)
