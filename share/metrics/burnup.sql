-- burnup - how much a sprint got done, and of how much
-- unit: points
-- counts: changes
-- parts: scope, ideal
-- by: sprint
-- every: none
-- default: sprint
-- shape: list
-- needs: jira_sprints, sprint_events
-- chart: burnup whole scope ideal
-- peers: Jira's burnup report
-- columns: event - start, added, removed, estimated, done, reopened, or
--   unmapped and mapped: its status left the board or came back;
--   remaining, completed - by how much they rose
--
-- Of each sprint that closed in the window or runs at its end: the story points
-- of the issues in the sprint that are in the last column of the board, without
-- those that were done before the sprint started with them, at the end of each
-- day from the start to the close, or to now.  On the last day of a closed
-- sprint it is what the sprint completed (see completed).
--
--   scope   what is done and what remains (see burndown)
--   ideal   the commitment in equal shares for each calendar day up to the
--           planned end
--
-- Days are those of --tz; at most 400 of a sprint that nobody closes.  Rows are
-- the changes, and the issues at the start.  --set measure=issues counts
-- issues, --set sprint=NAME takes one sprint only.
--
-- rows:
SELECT s.label AS grp, tz_day(e.at, :tz) AS period, s.project, i.key,
       i.issue_type, i.summary, e.event, e.at AS changed_at, e.added,
       e.removed, e.estimated, e.remaining, e.completed,
       :jira || '/browse/' || i.key AS url
  FROM sprint_events e CROSS JOIN jira_sprints s ON s.sprint = e.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = e.issue
 ORDER BY s.started_at, s.sprint, e.at, e.edit
-- figures:
WITH RECURSIVE days(grp, day, last, nth, planned) AS (
  SELECT label, tz_day(started_at, :tz),
         tz_day(ended_at - (NOT closed), :tz), 1,
         max(1, julianday(tz_day(coalesce(ends_at, ended_at), :tz))
                - julianday(tz_day(started_at, :tz)) + 1)
    FROM jira_sprints
  UNION ALL
  SELECT grp, date(day, '+1 day'), last, nth + 1, planned
    FROM days WHERE day < last AND nth < 400),
moves AS (
  SELECT grp, day, nth, planned, 0 AS remaining, 0 AS completed, 0 AS committed,
         0 AS events
    FROM days
  UNION ALL
  SELECT grp, period, NULL, NULL, remaining, completed,
         iif(event = 'start', remaining, 0), event <> 'start'
    FROM figure_rows),
by_day AS (
  SELECT grp, day, max(nth) AS nth, max(planned) AS planned,
         sum(remaining) AS remaining, sum(completed) AS completed,
         sum(committed) AS committed, sum(events) AS n
    FROM moves GROUP BY grp, day),
so_far AS (
  SELECT grp, day AS period, nth, n, sum(remaining) OVER up_to AS remaining,
         sum(completed) OVER up_to AS completed,
         sum(committed) OVER up_to AS committed,
         max(0, 1 - nth / planned) AS left
    FROM by_day
  WINDOW up_to AS (PARTITION BY grp ORDER BY day)),
figures AS (
  SELECT grp, period, NULL AS part, completed AS value, n FROM so_far
  UNION ALL
  SELECT grp, period, 'scope', completed + remaining, n FROM so_far
  UNION ALL
  SELECT grp, period, 'ideal', committed * (1 - left), n FROM so_far)
SELECT *, (SELECT unit FROM jira_sprints LIMIT 1) AS unit FROM figures
 ORDER BY grp, period
