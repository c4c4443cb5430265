-- sprint_moments - what issues were at the start, during and at the end of sprints
-- needs: jira_sprints, board_statuses, sprint_members, sprint_values
-- index: sprint, issue
--
-- One row a sprint, issue and value (sprint_values) that it had at the start or
-- the end of the sprint or got in between:
--   sprint, issue, kind
--   at_start, at_end   1: it is the value of then.  Of the Sprint field the end
--                   is just before the close, which moves the issues on
--   during          1: it became so after the start and up to the end
--   at, edit, step  when, and in which order
--   held            sprint: 1 when the field names this sprint
--   done, status    status: 1 in the last column of the board, 0 in another
--                   one, NULL not on the board; its name.  The class of the
--                   status tells where the board's columns are not known
--   size            points: the number, 0 without an estimate; with measure =
--                   issues always 1
--
-- table:
WITH seen AS (
  SELECT m.sprint, m.issue, s.name, s.board, s.columns, s.project, s.unit,
         s.started_at, s.ended_at - (s.closed AND v.kind = 'sprint') AS last,
         v.kind, v.since, v.until, v.edit, v.step, v.id, v.text
    FROM sprint_members m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
    CROSS JOIN sprint_values v ON v.issue = m.issue)
SELECT n.sprint, n.issue, n.kind,
       n.since <= n.started_at AND n.started_at < n.until AS at_start,
       n.since <= n.last AND n.last < n.until AS at_end,
       n.since > n.started_at AS during, n.since AS at, n.edit, n.step,
       CASE WHEN n.kind <> 'sprint' THEN NULL
            WHEN n.id <> ''
            THEN instr(', ' || n.id || ', ', ', ' || n.sprint || ', ') > 0
            ELSE instr(', ' || coalesce(n.text, '') || ', ',
                       ', ' || n.name || ', ') > 0 END AS held,
       CASE WHEN n.kind <> 'status' THEN NULL
            WHEN n.columns
            THEN (SELECT c.done FROM board_statuses c
                   WHERE c.board = n.board AND c.status_id = n.id)
            ELSE status_class(n.project, n.id, n.text) IS 'done' END AS done,
       CASE n.kind WHEN 'status' THEN n.text END AS status,
       CASE WHEN n.kind <> 'points' THEN NULL
            WHEN n.unit = 'count' THEN 1
            ELSE coalesce(CAST(n.text AS REAL), 0) END AS size
  FROM seen n
 WHERE n.since <= n.last AND n.until > n.started_at
