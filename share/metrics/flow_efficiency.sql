-- flow_efficiency - which share of cycle time an issue is worked on
-- unit: ratio
-- counts: issues
-- by: project, service, team, person, type
-- set: flow 4
-- needs: issue_cycles
-- chart: trend
-- columns: active - seconds in progress and not waiting
-- columns: cycle - seconds from first in progress to last done
-- peers: none; the usual definition of the Kanban method
--
-- The time that issues spent in progress, over their cycle time, both summed
-- over the issues that were done in the window; what cycle time is, and which
-- issues have one, says `metrics explain cycle_time`.
--
-- The rest is time that an issue lay in a status that is not in progress: put
-- back, or done before it was opened again.  Name the statuses in which an
-- issue is in progress but only waits, such as Blocked, in `waiting`.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee,
       coalesce(active, 0) AS active, ended_at - begun_at AS cycle,
       begun_at, ended_at, done_at AS resolved_at, url
  FROM issue_cycles
 WHERE NOT cancelled AND ended_at >= begun_at
-- figures:
SELECT grp, period, 1.0 * sum(active) / nullif(sum(cycle), 0) AS value,
       count(*) AS n
  FROM figure_rows GROUP BY grp, period
