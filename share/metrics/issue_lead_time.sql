-- issue_lead_time - how long an issue takes until it is resolved
-- unit: days
-- counts: issues
-- parts: median, p80
-- by: project, service, team, person, type
-- set: flow 1
-- needs: done_issues
-- chart: trend
-- columns: minutes - from creation to resolution, rounded down
-- peers: Apache DevLake, whose Jira board shows mean and 80th percentile
--
-- Resolution date - creation in whole minutes, of the issues that are done now
-- and were resolved in the window.  The figure is the mean; median is the lower
-- median, p80 the largest value with a percent rank of at most 0.8.
--
-- An issue without a resolution has none.  Team-managed projects may be done
-- without one: then the last move into done counts.  An issue that was opened
-- again loses its resolution date, and with it its place here, until it is done
-- again.  Each issue counts once, however many boards show it.  Cancelled
-- issues count.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee,
       CASE WHEN done_at >= created_at THEN (done_at - created_at) / 60 END
         AS minutes,
       points, created_at, done_at AS resolved_at, resolution, url
  FROM done_issues
-- figures:
WITH leads AS MATERIALIZED (
  SELECT grp, period, avg(minutes) / 1440 AS mean,
         lower_median(minutes) / 1440.0 AS median,
         percentile(minutes, 0.8) / 1440.0 AS p80, count(minutes) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, mean AS value, n FROM leads
UNION ALL SELECT grp, period, 'median', median, n FROM leads
UNION ALL SELECT grp, period, 'p80', p80, n FROM leads
