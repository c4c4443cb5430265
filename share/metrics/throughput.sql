-- throughput - how many issues were finished
-- unit: count
-- counts: issues
-- parts: points
-- by: project, service, team, person, type
-- empty: zero
-- set: flow 3
-- needs: done_issues
-- chart: trend
-- columns: points - its story points; empty without an estimate
-- peers: Apache DevLake (Engineering Throughput and Cycle Time)
--
-- Issues that are done now, by the day on which they were resolved (in a
-- team-managed project: on which they moved into done for the last time).
-- points is the sum of their story points; an issue without any adds 0.  Each
-- issue counts once.  Cancelled issues count.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, points,
       done_at AS resolved_at, resolution, url
  FROM done_issues
-- figures:
SELECT grp, period, NULL AS part, count(*) AS value, 'count' AS unit,
       count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'points', total(points), 'points', count(points)
  FROM figure_rows GROUP BY grp, period
