-- cycle_time - how long an issue takes from work begun to done
-- unit: min
-- counts: issues
-- parts: p85, p95, active
-- by: project, service, team, person, type
-- set: flow 2
-- needs: issue_cycles
-- chart: scatter resolved_at minutes
-- columns: minutes - from first in progress to last done, rounded down
-- columns: active - of them, those in progress and not waiting
-- peers: none; proposed here, as people ask for it (DevLake #6209)
--
-- A proposal, since no peer defines it: from an issue's first moment in
-- progress to its last move into done, of the issues that are done now, in the
-- period in which they were resolved (team-managed projects set no resolution
-- date: in which they moved into done for the last time).  The figure is the
-- lower median; p85 and p95 are percentiles, active the lower median of the
-- time that was spent in progress and in no status of `waiting`.
--
-- In progress is every status of Jira's category "In Progress" and every one
-- without a category; pulse.yaml may say otherwise for a project.  An issue
-- that was created in progress begins with its creation.  One that went back
-- and was done again ends when it was done last.  One that skipped progress has
-- no cycle time; the note counts those.  Cancelled ones are left out: those
-- whose resolution is in `cancelled`.
--
-- By person and team an issue belongs to whom it is assigned to now.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee,
       CASE WHEN ended_at >= begun_at THEN (ended_at - begun_at) / 60 END
         AS minutes,
       CASE WHEN ended_at >= begun_at THEN coalesce(active, 0) / 60 END
         AS active,
       points, created_at, begun_at, ended_at, done_at AS resolved_at,
       resolution, url
  FROM issue_cycles WHERE NOT cancelled
-- figures:
WITH cycles AS MATERIALIZED (
  SELECT grp, period, lower_median(minutes) AS p50,
         percentile(minutes, 0.85) AS p85, percentile(minutes, 0.95) AS p95,
         lower_median(active) AS active, count(minutes) AS n,
         nullif(count(*) - count(minutes), 0) || ' never in progress' AS note
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, p50 AS value, n, note FROM cycles
UNION ALL SELECT grp, period, 'p85', p85, n, NULL FROM cycles
UNION ALL SELECT grp, period, 'p95', p95, n, NULL FROM cycles
UNION ALL SELECT grp, period, 'active', active, n, NULL FROM cycles
