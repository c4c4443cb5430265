# reach.awk - which deployment of a chain carried a commit first
#
# Input, in this order:
#   C REPO SHA              a stored commit
#   P REPO SHA PARENT       its parents
#   D REPO ENVIRONMENT ID SHA    the successes of all chains by (finished, id)
# Output: REPO ENVIRONMENT SHA ID, where ID is `-` for a commit that the first
# deployment reaches: it has no predecessor, so it brought nothing new.
# A tab stands between the fields.
BEGIN { FS = OFS = "\t" }

$1 == "C" { stored[$2, $3] = 1 }
$1 == "P" { parents[$2, $3] = parents[$2, $3] " " $4 }

# Everything that SHA reaches over stored commits, without any short cut.
function walk(repo, sha, found,    stack, top, i, n, list) {
	split("", found)
	stack[top = 1] = sha
	while (top > 0) {
		sha = stack[top--]
		if (!((repo, sha) in stored) || sha in found)
			continue
		found[sha] = 1
		n = split(parents[repo, sha], list, " ")
		for (i = 1; i <= n; i++)
			stack[++top] = list[i]
	}
}

$1 == "D" {
	chain = $2 SUBSEP $3
	# Where the first deployment's commit is not stored, the first one that
	# is claims no history.
	if (!(($2, $5) in stored))
		next
	owner = chain in begun ? $4 : "-"
	begun[chain] = 1
	walk($2, $5, reached)
	for (sha in reached)
		if (!((chain, sha) in owned)) {
			owned[chain, sha] = 1
			print $2, $3, sha, owner
		}
}
