-- completed - how much the sprints got done
-- unit: points
-- counts: issues
-- parts: outside
-- by: sprint, board, project, service, type
-- set: sprint 3
-- needs: jira_sprints, sprint_issues
-- chart: bars whole
-- peers: Jira's velocity chart and sprint report
-- columns: size - its story points at the end, or 1 with measure = issues;
--   outside - 1: it was done before the sprint started with it
--
-- The story points of the issues that were in a sprint when it was closed and
-- done then, also those that were added after its start, over the sprints that
-- closed in the window; estimates as they were at the close, none as 0.  Done
-- is the last column of the board; of a board whose columns are not known, a
-- status of the class done.  A sprint ends when it was closed, not when it was
-- planned to.
--
--   outside   in the sprint from its start on, but done before: not in the
--             figure
--
-- An issue that was carried over counts only in the sprint in which it was
-- done.  One that was taken out before the close counts in none.  Sub-tasks are
-- left out.  --set measure=issues counts issues.
--
-- rows:
SELECT iif(:by = 'type', i.issue_type, s.grp) AS grp, s.period,
       s.label AS sprint, s.project, i.key, i.issue_type,
       i.summary, m.size_at_end AS size, m.outside, m.in_at_start,
       s.ended_at, :jira || '/browse/' || i.key AS url
  FROM sprint_issues m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = m.issue
 WHERE s.closed AND m.in_at_end AND m.done_at_end
-- figures:
WITH sums AS (
  SELECT grp, period, sum(size * (NOT outside)) AS completed,
         sum(NOT outside) AS issues, sum(size * outside) AS before,
         sum(outside) AS issues_before
    FROM (SELECT grp, period, size, outside FROM figure_rows
          UNION ALL
          SELECT grp, period, 0, NULL FROM jira_sprints
           WHERE closed AND :by <> 'type')
   GROUP BY grp, period)
SELECT grp, period, NULL AS part, coalesce(completed, 0) AS value,
       coalesce(issues, 0) AS n,
       (SELECT unit FROM jira_sprints LIMIT 1) AS unit
  FROM sums
UNION ALL
SELECT grp, period, 'outside', coalesce(before, 0), coalesce(issues_before, 0),
       (SELECT unit FROM jira_sprints LIMIT 1)
  FROM sums
 ORDER BY 1, 2
