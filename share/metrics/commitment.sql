-- commitment - how much the sprints set out to do
-- unit: points
-- counts: issues
-- by: sprint, board, project, service, type
-- set: sprint 2
-- needs: jira_sprints, sprint_issues
-- chart: bars whole
-- peers: Jira's velocity chart; Data Center counts all that was in the sprint
--   when it began, also what was done already
-- columns: size - its story points at the start, or 1 with measure = issues
--
-- The story points of the issues that were in a sprint when it started and not
-- done yet, over the sprints that closed in the window, estimates as they were
-- then.  An issue without an estimate counts 0, and so does one whose status
-- was not on the board.  Done is the last column of the board; of a board
-- whose columns are not known, a status of the class done.  What was added
-- later is not in it.  Sub-tasks are left out: their work is in their parents.
--
-- A sprint starts when it was started, not when it was planned to, and belongs
-- to the period in which it was closed.  --set measure=issues counts issues.
--
-- rows:
SELECT iif(:by = 'type', i.issue_type, s.grp) AS grp, s.period,
       s.label AS sprint, s.project, i.key, i.issue_type,
       i.summary, m.size_at_start AS size, m.status_at_start AS status,
       s.started_at, :jira || '/browse/' || i.key AS url
  FROM sprint_issues m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = m.issue
 WHERE s.closed AND m.in_at_start AND m.done_at_start IS 0
-- figures:
SELECT grp, period, sum(size) AS value, sum(counted) AS n,
       (SELECT unit FROM jira_sprints LIMIT 1) AS unit
  FROM (SELECT grp, period, size, 1 AS counted FROM figure_rows
        UNION ALL
        SELECT grp, period, 0, 0 FROM jira_sprints
         WHERE closed AND :by <> 'type')
 GROUP BY grp, period
