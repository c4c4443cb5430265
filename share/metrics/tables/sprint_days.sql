-- sprint_days - how each sprint stood at the end of each of its days
-- needs: jira_sprints, sprint_events
--
-- One row a sprint and day from its start to its close, or to now, at most 400
-- of a sprint that nobody closes; days are those of --tz.
--
--   grp, period   the sprint's label, and the day
--   remaining, completed, committed
--                 up to the end of the day
--   scope         by how much the scope changed on that day
--   n             the changes of that day
--   left          which share of the calendar days up to the planned end is
--                 still to come
--   unit          that of the sprint
--
-- table:
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
         0 AS scope, 0 AS events
    FROM days
  UNION ALL
  SELECT s.label, tz_day(e.at, :tz), NULL, NULL, e.remaining, e.completed,
         iif(e.event = 'start', e.remaining, 0),
         iif(e.event LIKE '%mapped', e.remaining,
             coalesce(e.added, 0) - coalesce(e.removed, 0)
             + coalesce(e.estimated, 0)),
         e.event <> 'start'
    FROM sprint_events e CROSS JOIN jira_sprints s ON s.sprint = e.sprint),
by_day AS (
  SELECT grp, day, max(nth) AS nth, max(planned) AS planned,
         sum(remaining) AS remaining, sum(completed) AS completed,
         sum(committed) AS committed, sum(scope) AS scope, sum(events) AS n
    FROM moves GROUP BY grp, day)
SELECT grp, day AS period, sum(remaining) OVER up_to AS remaining,
       sum(completed) OVER up_to AS completed,
       sum(committed) OVER up_to AS committed, scope, n,
       max(0, 1 - nth / planned) AS left,
       (SELECT unit FROM jira_sprints LIMIT 1) AS unit
  FROM by_day
WINDOW up_to AS (PARTITION BY grp ORDER BY day)
