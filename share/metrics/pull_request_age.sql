-- pull_request_age - how long the open pull requests have been open
-- unit: min
-- counts: pull requests
-- parts: p90
-- by: repo, service, team, person
-- set: team 15
-- needs: open_pulls
-- chart: trend whole p90
-- peers: none; proposed here
-- columns: minutes - since its creation, rounded up
--
-- From the creation to the end of the period, or to now where that is still to
-- come, of the pull requests open then: the lower median, in minutes rounded
-- up, and p90 (the largest value whose percent rank is at most 0.9).
--
-- rows:
SELECT grp, period, repo, number, title, author,
       minutes(created_at, at) AS minutes, created_at, url
  FROM open_pulls
-- figures:
WITH ages AS MATERIALIZED (
  SELECT grp, period, lower_median(minutes) AS median,
         percentile(minutes, 0.9) AS p90, count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, median AS value, n FROM ages
UNION ALL SELECT grp, period, 'p90', p90, n FROM ages
