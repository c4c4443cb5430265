-- carry_over - how much was left in the sprints at their close
-- unit: points
-- counts: issues
-- by: sprint, board, project, service, type
-- set: sprint 5
-- needs: jira_sprints, sprint_issues
-- chart: bars whole
-- peers: Jira's sprint report calls it not completed
-- columns: size - its story points at the end, or 1 with measure = issues
--
-- The story points of the issues that were in a sprint when it was closed and
-- not done then, over the sprints that closed in the window; estimates as they
-- were at the close, none as 0.  Where they went afterwards, to the next sprint
-- or the backlog, does not matter.  An issue that goes through three sprints is
-- carried over twice.  Done is the last column of the board; a status that is
-- not on the board is not done.  Sub-tasks are left out.
--
-- rows:
SELECT iif(:by = 'type', i.issue_type, s.grp) AS grp, s.period,
       s.label AS sprint, s.project, i.key, i.issue_type,
       i.summary, m.size_at_end AS size, m.status_at_end AS status,
       m.in_at_start, s.ended_at, :jira || '/browse/' || i.key AS url
  FROM sprint_issues m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = m.issue
 WHERE s.closed AND m.in_at_end AND m.done_at_end IS NOT 1
-- figures:
SELECT grp, period, sum(size) AS value, sum(counted) AS n,
       (SELECT unit FROM jira_sprints LIMIT 1) AS unit
  FROM (SELECT grp, period, size, 1 AS counted FROM figure_rows
        UNION ALL
        SELECT grp, period, 0, 0 FROM jira_sprints
         WHERE closed AND :by <> 'type')
 GROUP BY grp, period
