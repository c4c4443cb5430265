-- bugs_by_priority - how many bugs were reported, by priority
-- unit: count
-- counts: bugs
-- parts: any
-- by: project, service, team, person
-- empty: zero
-- set: bugs 2
-- needs: created_issues
-- chart: stacked
-- peers: Apache DevLake counts its P0 and P1
-- columns: priority - that it has now, or none
--
-- Bugs (issues of the types in `bug_types`) created in the period, by the
-- priority that they have now; `none` for those without one.
--
-- rows:
SELECT grp, period, coalesce(priority, 'none') AS priority, key, project, type,
       summary, assignee, status, created_at, url
  FROM created_issues WHERE bug
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
