-- time_to_merge - how long it takes until a pull request is merged
-- unit: min
-- counts: pull requests
-- parts: p90
-- by: repo, service, team, person
-- set: team 4
-- needs: merged_pulls
-- chart: trend whole p90
-- peers: Apache DevLake takes the mean, and the month of creation
-- columns: minutes - from creation to merge, rounded up
--
-- From the creation to the merge, in minutes rounded up: the lower median over
-- the pull requests merged in the period, and p90 (the largest value whose
-- percent rank is at most 0.9).  The time as a draft counts: GitHub does not
-- say since when a draft is ready.
--
-- rows:
SELECT grp, period, repo, number, title, author,
       minutes(created_at, merged_at) AS minutes, created_at, merged_at, url
  FROM merged_pulls
-- figures:
WITH spans AS MATERIALIZED (
  SELECT grp, period, lower_median(minutes) AS median,
         percentile(minutes, 0.9) AS p90, count(minutes) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, median AS value, n FROM spans
UNION ALL SELECT grp, period, 'p90', p90, n FROM spans
