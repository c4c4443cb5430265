-- issues_in_progress - how many issues are being worked on
-- unit: count
-- counts: issues
-- parts: points
-- by: project, service, team, person, type
-- every: none
-- empty: zero
-- set: flow 5
-- needs: open_issues
-- peers: Apache DevLake shows it per person
-- columns: points - its story points; empty without an estimate
--
-- Issues whose status is in progress: neither to do nor done; as of now, or of
-- the end of a window in the past, from the history of statuses.  points is the
-- sum of their story points.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, status, points,
       created_at, url
  FROM open_issues WHERE class = 'indeterminate'
 ORDER BY created_at
-- figures:
SELECT grp, period, NULL AS part, count(*) AS value, 'count' AS unit,
       count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'points', total(points), 'points', count(points)
  FROM figure_rows GROUP BY grp, period
