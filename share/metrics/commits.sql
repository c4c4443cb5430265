-- commits - how many commits were made
-- unit: count
-- counts: commits
-- by: repo, service, team, person
-- empty: zero
-- set: team 11
-- needs: own_commits
-- chart: trend
-- peers: Apache DevLake (commit count) goes by the date of authorship
-- columns: committed_at - when it took the form it has now
--
-- Commits in the stored history of a repository (its default branch) by the
-- date of commit: when they took the form they have now, such as after a rebase
-- or squash.  Commits with several parents do not count, as nobody wrote them;
-- --set merge_commits=1 counts them, too.
--
-- Where GitHub knows no account for the author's address, his name stands for
-- the account and can be listed in teams.yaml.  A commit without either counts
-- over all, by repository and by service only; those of bots with --bots only.
--
-- rows:
SELECT grp, period, repo, sha, author, committed_at,
       url || '/commit/' || sha AS url
  FROM own_commits
-- figures:
SELECT grp, period, count(*) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
