-- sprint_events - what changed in each sprint, from its start to its end
-- needs: jira_sprints, board_statuses, sprint_fields, sprint_issues
-- index: sprint, at
--
-- One row a sprint, issue and edit that changed what is in the sprint, how
-- large it is or whether it is done; and one, with edit 0, for what was in it
-- at the start, or was created into it later:
--   sprint, issue, at, edit
--   event           start, added, removed, estimated, done, reopened, or
--                   unmapped and mapped (its status left the board or came
--                   back); several of one edit with a blank between
--   added, removed, estimated   by how much, or NULL
--   remaining       by how much what is left to do rose: at the start the
--                   commitment
--   completed       by how much what is done rose, without what was done before
--                   the sprint started with it
--
-- table:
WITH stories AS (
  SELECT p.sprint, p.issue, p.outside,
         replay(c.changed_at, CAST(c.history_id AS INTEGER), c.position,
           p.in_at_start OR p.added_at IS NOT NULL,
           CASE k.kind WHEN 'sprint' THEN
             CASE WHEN c.to_id <> ''
                  THEN instr(',' || replace(c.to_id, ' ', '') || ',',
                             ',' || s.sprint || ',') > 0
                  ELSE instr(', ' || coalesce(c.to_text, '') || ', ',
                             ', ' || s.name || ', ') > 0 END
           END,
           coalesce(p.done_at_start, -1),
           CASE k.kind WHEN 'status' THEN coalesce(CASE WHEN s.columns
             THEN (SELECT b.done FROM board_statuses b
                    WHERE b.board = s.board AND b.status_id = c.to_id)
             ELSE status_class(p.project, c.to_id, c.to_text) IS 'done' END, -1)
           END,
           p.size_at_start,
           CASE k.kind WHEN 'points' THEN
             iif(s.unit = 'count', 1, coalesce(CAST(c.to_text AS REAL), 0)) END)
           AS story
    FROM sprint_issues p CROSS JOIN jira_sprints s ON s.sprint = p.sprint
    CROSS JOIN issue_changes c ON c.client_id = :client AND c.issue_id = p.issue
     AND c.changed_at > s.started_at AND c.changed_at <= s.ended_at
    CROSS JOIN sprint_fields k ON k.key = coalesce(c.field_id, c.field)
   WHERE (k.kind <> 'sprint' OR c.changed_at <= s.ended_at - s.closed)
     AND (k.kind <> 'points' OR p.points_of = 'others'
          OR k.field = s.estimation)
   GROUP BY p.sprint, p.issue),
edits AS MATERIALIZED (
  SELECT o.sprint, o.issue, o.outside, e.value ->> 0 AS at,
         e.value ->> 1 AS edit, e.value ->> 2 AS was_held,
         e.value ->> 3 AS held, e.value ->> 4 AS was_done,
         e.value ->> 5 AS done, e.value ->> 6 AS old_size, e.value ->> 7 AS size
    FROM stories o, json_each(o.story) e),
moves AS (
  SELECT *, held AND was_held AS stayed, was_held * old_size AS old,
         held * size AS new
    FROM edits WHERE held OR was_held)
SELECT p.sprint, p.issue, coalesce(p.added_at, s.started_at) AS at, 0 AS edit,
       iif(p.in_at_start, 'start', 'added') AS event,
       iif(p.in_at_start, NULL, p.size_at_start) AS added, NULL AS removed,
       NULL AS estimated,
       iif(p.done_at_start = 0, p.size_at_start, 0) AS remaining,
       iif(p.done_at_start = 1 AND NOT p.in_at_start, p.size_at_start, 0)
         AS completed
  FROM sprint_issues p CROSS JOIN jira_sprints s ON s.sprint = p.sprint
 WHERE p.in_at_start OR p.added_at IS NOT NULL
UNION ALL
SELECT sprint, issue, at, edit,
       trim(CASE WHEN held > was_held THEN 'added'
                 WHEN held < was_held THEN 'removed'
                 WHEN size <> old_size THEN 'estimated' ELSE '' END
         || CASE WHEN NOT stayed OR done = was_done THEN ''
                 WHEN done = 1 THEN ' done' WHEN was_done = 1 THEN ' reopened'
                 WHEN done = -1 THEN ' unmapped' ELSE ' mapped' END),
       iif(held > was_held, size, NULL), iif(held < was_held, old_size, NULL),
       iif(stayed AND size <> old_size, size - old_size, NULL),
       (done = 0) * new - (was_done = 0) * old,
       iif(outside, 0, (done = 1) * new - (was_done = 1) * old)
  FROM moves
