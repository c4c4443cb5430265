-- sprint_events - what changed in each sprint, from its start to its end
-- needs: jira_sprints, board_statuses, sprint_fields, sprint_issues
-- index: sprint, at
--
-- One row a sprint, issue and edit that changed what is in the sprint, how
-- large it is or whether it is done; and one for what was in it at the start:
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
WITH changes AS (
  SELECT p.sprint, p.issue, s.started_at AS at, 0 AS edit, 0 AS position,
         p.in_at_start AS held, coalesce(p.done_at_start, '') AS done,
         p.size_at_start AS size
    FROM sprint_issues p CROSS JOIN jira_sprints s ON s.sprint = p.sprint
  UNION ALL
  SELECT p.sprint, p.issue, c.changed_at, CAST(c.history_id AS INTEGER),
         c.position,
         CASE k.kind WHEN 'sprint' THEN
           instr(', ' || coalesce(nullif(c.to_id, ''), c.to_text, '') || ', ',
                 ', ' || iif(c.to_id <> '', s.sprint, s.name) || ', ') > 0 END,
         CASE k.kind WHEN 'status' THEN coalesce(CASE WHEN s.columns
           THEN (SELECT b.done FROM board_statuses b
                  WHERE b.board = s.board AND b.status_id = c.to_id)
           ELSE status_class(s.project, c.to_id, c.to_text) IS 'done' END, '')
         END,
         CASE k.kind WHEN 'points' THEN
           iif(s.unit = 'count', 1, coalesce(CAST(c.to_text AS REAL), 0.0)) END
    FROM sprint_issues p CROSS JOIN jira_sprints s ON s.sprint = p.sprint
    CROSS JOIN issue_changes c ON c.client_id = :client AND c.issue_id = p.issue
     AND c.changed_at > s.started_at AND c.changed_at <= s.ended_at
    CROSS JOIN sprint_fields k ON k.key = coalesce(c.field_id, c.field)
   WHERE (k.kind <> 'sprint' OR c.changed_at <= s.ended_at - s.closed)
     AND (k.kind <> 'points' OR p.points_of = 'others'
          OR k.field = s.estimation)),
steps AS (
  SELECT *, row_number() OVER (PARTITION BY sprint, issue
                               ORDER BY at, edit, position) AS step
    FROM changes),
-- The latest of each up to each change: step and value go as one text, so that
-- the greatest of them is the latest.
latest AS (
  SELECT sprint, issue, at, edit, step, lead(edit) OVER so_far AS next_edit,
         substr(max(format('%08d', step) || held) OVER so_far, 9) AS held,
         nullif(substr(max(format('%08d', step) || done) OVER so_far, 9), '')
           AS done,
         substr(max(format('%08d', step) || size) OVER so_far, 9) AS size
    FROM steps
  WINDOW so_far AS (PARTITION BY sprint, issue ORDER BY step)),
pairs AS (
  SELECT sprint, issue, at, edit, CAST(held AS INTEGER) AS held,
         CAST(done AS INTEGER) AS done, CAST(size AS REAL) AS size,
         CAST(lag(held, 1, 0) OVER before AS INTEGER) AS was_held,
         CAST(lag(done) OVER before AS INTEGER) AS was_done,
         CAST(lag(size, 1, 0) OVER before AS REAL) AS old_size
    FROM latest WHERE next_edit IS NOT edit
  WINDOW before AS (PARTITION BY sprint, issue ORDER BY step)),
moves AS (
  SELECT p.*, p.held AND p.was_held AS stayed, i.outside
    FROM pairs p CROSS JOIN sprint_issues i ON i.sprint = p.sprint
     AND i.issue = p.issue
   WHERE p.held <> p.was_held
      OR p.held AND (p.size <> p.old_size OR p.done IS NOT p.was_done))
SELECT sprint, issue, at, edit,
       trim(CASE WHEN edit = 0 THEN 'start'
                 WHEN held > was_held THEN 'added'
                 WHEN held < was_held THEN 'removed' ELSE '' END
         || iif(stayed AND size <> old_size, ' estimated', '')
         || CASE WHEN NOT stayed OR done IS was_done THEN ''
                 WHEN done IS 1 THEN ' done' WHEN was_done IS 1 THEN ' reopened'
                 WHEN done IS NULL THEN ' unmapped' ELSE ' mapped' END)
         AS event,
       iif(edit > 0 AND held > was_held, size, NULL) AS added,
       iif(held < was_held, old_size, NULL) AS removed,
       iif(stayed AND size <> old_size, size - old_size, NULL) AS estimated,
       held * (done IS 0) * size - was_held * (was_done IS 0) * old_size
         AS remaining,
       (NOT outside) * (held * (done IS 1) * size
                      - was_held * (was_done IS 1) * old_size) AS completed
  FROM moves
