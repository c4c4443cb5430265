-- bugs_open - how many bugs are open, by priority
-- unit: count
-- counts: bugs
-- parts: any
-- by: project, service, team, person
-- every: none
-- empty: zero
-- set: bugs 7
-- needs: open_issues
-- peers: Apache DevLake
-- columns: priority - that it has now, or none
--
-- Bugs (issues of the types in `bug_types`) that are not done, by the priority
-- that they have now; `none` for those without one.  As of now, or of the end
-- of a window in the past, from the history of statuses.
--
-- rows:
SELECT grp, period, coalesce(priority, 'none') AS priority, key, project, type,
       summary, assignee, status, created_at, url
  FROM open_issues WHERE bug
 ORDER BY created_at
-- figures:
WITH counts AS MATERIALIZED (
  SELECT grp, period, priority, count(*) AS n FROM figure_rows
   GROUP BY grp, period, priority)
SELECT grp, period, NULL AS part, sum(n) AS value, sum(n) AS n, 0 AS place
  FROM counts GROUP BY grp, period
UNION ALL
SELECT grp, period, priority, n, n,
       CASE priority WHEN 'Highest' THEN 1 WHEN 'High' THEN 2
                     WHEN 'Medium' THEN 3 WHEN 'Low' THEN 4
                     WHEN 'Lowest' THEN 5 ELSE 6 END
  FROM counts
 ORDER BY place, part
