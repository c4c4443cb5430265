-- velocity - how much a sprint gets done on average
-- unit: points
-- counts: sprints
-- parts: committed
-- by: sprint, board, project, service
-- set: sprint 1
-- needs: jira_sprints, sprint_issues
-- parameter: sprints = 6 - how many of the last sprints of a board are averaged
-- chart: bars committed whole
-- peers: Jira's velocity chart, with the mean of all sprints shown there
-- columns: committed, completed - of the sprint, see there
--
-- The mean of completed (see completed) over the last sprints that closed in
-- the window: six of each board, or --set sprints=N.  A window that holds fewer
-- gives the mean of these.  --by sprint it is what the sprint completed.
--
--   committed   the mean of their commitment (see commitment)
--
-- A sprint without an issue counts as 0.  One that still runs does not count.
-- Boards estimate each in their own way: compare a board with itself only.
--
-- rows:
WITH last AS MATERIALIZED (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY grp, period, board
                                 ORDER BY ended_at DESC, sprint) AS back
      FROM jira_sprints WHERE closed)
   WHERE back <= :sprints),
sums AS MATERIALIZED (
  SELECT l.sprint,
         total(m.size_at_start)
           FILTER (WHERE m.in_at_start AND m.done_at_start IS 0) AS committed,
         total(m.size_at_end) FILTER (WHERE m.in_at_end AND m.done_at_end
                                        AND NOT m.outside) AS completed
    FROM last l LEFT JOIN sprint_issues m ON m.sprint = l.sprint
   GROUP BY l.sprint)
SELECT s.grp, s.period, s.label AS sprint, s.board_label AS board, s.project,
       s.started_at, s.ended_at, u.committed, u.completed,
       :jira || '/secure/RapidBoard.jspa?rapidView=' || s.board ||
         '&view=reporting&chart=velocityChart' AS url
  FROM sums u CROSS JOIN jira_sprints s ON s.sprint = u.sprint
 ORDER BY s.ended_at
-- figures:
SELECT grp, period, NULL AS part, avg(completed) AS value, count(*) AS n,
       (SELECT unit FROM jira_sprints LIMIT 1) AS unit
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'committed', avg(committed), count(*),
       (SELECT unit FROM jira_sprints LIMIT 1)
  FROM figure_rows GROUP BY grp, period
 ORDER BY 1, 2
