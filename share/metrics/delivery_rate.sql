-- delivery_rate - which share of the issues created is done
-- unit: ratio
-- counts: issues
-- by: project, service, team, person, type
-- set: flow 8
-- needs: created_issues
-- chart: trend
-- columns: done - 1 when its status is done now
-- peers: Apache DevLake
--
-- Done / created, over the issues created in the period.  Whether an issue is
-- done is asked now: the rate of a period still changes when its issues get
-- done, or are opened again, later.  The youngest periods are therefore low.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, status,
       class = 'done' AS done, created_at, url
  FROM created_issues
-- figures:
SELECT grp, period, avg(done) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
