-- scope_change - by how much sprints grew after they had started
-- unit: points
-- counts: changes
-- parts: added, removed, estimated
-- by: sprint, board, project, service, type
-- set: sprint 6
-- needs: jira_sprints, sprint_events
-- chart: bars added removed estimated
-- peers: Jira's burndown chart and sprint report
-- columns: event - what was done to it
--
-- Over the sprints that closed in the window, from their start to their close:
--
--   added       estimates of the issues that came into the sprint, as they were
--               then
--   removed     of those that were taken out of it, likewise
--   estimated   the sum of the changes of estimate of issues in the sprint
--   whole       added - removed + estimated
--
-- An issue that is added and removed again counts as both, one that is moved in
-- twice counts twice.  What closing the sprint moves on is not removed.  No
-- estimate is 0.  Sub-tasks are left out.  --set measure=issues counts issues,
-- whose estimates then do not matter.
--
-- rows:
SELECT iif(:by = 'type', i.issue_type, s.grp) AS grp, s.period,
       s.label AS sprint, s.project, i.key, i.issue_type,
       i.summary, e.event, e.at AS changed_at, e.added, e.removed, e.estimated,
       :jira || '/browse/' || i.key AS url
  FROM sprint_events e CROSS JOIN jira_sprints s ON s.sprint = e.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = e.issue
 WHERE s.closed AND coalesce(e.added, e.removed, e.estimated) IS NOT NULL
-- figures:
WITH sums AS (
  SELECT grp, period, total(added) AS added, count(added) AS additions,
         total(removed) AS removed, count(removed) AS removals,
         total(estimated) AS estimated, count(estimated) AS estimates
    FROM (SELECT grp, period, added, removed, estimated FROM figure_rows
          UNION ALL
          SELECT grp, period, NULL, NULL, NULL FROM jira_sprints
           WHERE closed AND :by <> 'type')
   GROUP BY grp, period),
parts AS (
  SELECT grp, period, NULL AS part, added - removed + estimated AS value,
         additions + removals + estimates AS n FROM sums
  UNION ALL SELECT grp, period, 'added', added, additions FROM sums
  UNION ALL SELECT grp, period, 'removed', removed, removals FROM sums
  UNION ALL SELECT grp, period, 'estimated', estimated, estimates FROM sums)
SELECT *, (SELECT unit FROM jira_sprints LIMIT 1) AS unit FROM parts
