-- velocity - how much a sprint gets done on average
-- unit: points
-- counts: sprints
-- parts: committed
-- by: sprint, board, project, service
-- set: sprint 1
-- needs: jira_sprints, sprint_issues
-- parameter: sprints = 6 - how many of the last sprints of a board are averaged
-- chart: bars
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
         total(i.size_at_start)
           FILTER (WHERE i.in_at_start AND i.done_at_start IS 0) AS committed,
         total(i.size_at_end) FILTER (WHERE i.in_at_end AND i.done_at_end
                                        AND NOT i.outside) AS completed
    FROM last l LEFT JOIN sprint_issues i ON i.sprint = l.sprint
   GROUP BY l.sprint)
SELECT s.grp, s.period, s.label AS sprint, s.board_label AS board, s.project,
       s.started_at, s.ended_at, t.committed, t.completed,
       :jira || '/secure/RapidBoard.jspa?rapidView=' || s.board ||
         '&view=reporting&chart=velocityChart' AS url
  FROM sums t CROSS JOIN jira_sprints s ON s.sprint = t.sprint
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
