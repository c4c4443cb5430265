-- completion_rate - which share of its commitment a sprint got done
-- unit: ratio
-- counts: issues
-- by: sprint, board, project, service, type
-- set: sprint 4
-- needs: jira_sprints, sprint_issues
-- chart: trend
-- peers: none defines it; a proposal
-- columns: size - its story points at the start, or 1 with measure = issues;
--   done - 1: in the sprint and done when it was closed
--
-- Of the commitment (see commitment) the part that was in the sprint and done
-- when it was closed, in story points as estimated at the start; over the
-- sprints that closed in the window, as one sum.  What was added later is in
-- neither number, so that it is never more than 1.  No figure where nothing
-- was committed, or nothing that was estimated.  A proposal.
--
-- rows:
SELECT iif(:by = 'type', i.issue_type, s.grp) AS grp, s.period,
       s.label AS sprint, s.project, i.key, i.issue_type,
       i.summary, m.size_at_start AS size,
       m.in_at_end AND m.done_at_end IS 1 AS done, s.started_at, s.ended_at,
       :jira || '/browse/' || i.key AS url
  FROM sprint_issues m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = m.issue
 WHERE s.closed AND m.in_at_start AND m.done_at_start IS 0
-- figures:
SELECT grp, period, sum(size * done) / nullif(sum(size), 0.0) AS value,
       count(*) AS n
  FROM figure_rows GROUP BY grp, period HAVING sum(size) > 0
