-- self_merged - which share of pull requests their author merges
-- unit: ratio
-- counts: pull requests
-- parts: pull_requests
-- by: repo, service, team, person
-- set: team 10
-- needs: merged_pulls
-- chart: trend
-- peers: none; proposed here
-- columns: self_merged - 1: its author merged it; nothing: not known
--
-- Of the pull requests merged in the period, those that the author merged
-- himself, with whichever of his accounts.  pull_requests: how many they are.
--
-- GitHub tells who merged only of a pull request that is asked for by itself;
-- those without, or whose author's account is gone, are in neither number, and
-- the note counts them.  Merged by a bot is not merged by the author.
--
-- rows:
SELECT grp, period, repo, number, title, author, merged_by,
       CASE WHEN merged_by IS NOT NULL AND person IS NOT NULL
            THEN person('github', merged_by, NULL, NULL) IS person END
         AS self_merged, merged_at, url
  FROM merged_pulls
-- figures:
WITH counted AS MATERIALIZED (
  SELECT grp, period, avg(self_merged) AS ratio, sum(self_merged) AS count,
         count(self_merged) AS n,
         nullif(sum(self_merged IS NULL), 0) || ' not known' AS note
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, ratio AS value, n, NULL AS unit, note
  FROM counted
UNION ALL
SELECT grp, period, 'pull_requests', count, n, 'count', NULL FROM counted
