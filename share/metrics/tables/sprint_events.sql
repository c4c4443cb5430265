-- sprint_events - what changed in each sprint, from its start to its end
-- needs: jira_sprints, sprint_moments, sprint_issues
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
WITH steps AS (
  SELECT sprint, issue, iif(during, edit, 0) AS edit,
         iif(during, step, 0) AS step, during, at, kind, held, done, size
    FROM sprint_moments WHERE at_start OR during),
-- The latest of each kind up to each edit; step and value go as one text, so
-- that the greatest of them is the latest.
latest AS (
  SELECT DISTINCT sprint, issue, edit, iif(during, at, NULL) AS at,
         substr(max(format('%08d%d', step, held))
           FILTER (WHERE kind = 'sprint') OVER so_far, 9) AS held,
         nullif(substr(max(format('%08d%s', step, coalesce(done, '')))
           FILTER (WHERE kind = 'status') OVER so_far, 9), '') AS done,
         substr(max(format('%08d%s', step, size))
           FILTER (WHERE kind = 'points') OVER so_far, 9) AS size
    FROM steps
  WINDOW so_far AS (PARTITION BY sprint, issue ORDER BY edit)),
states AS (
  SELECT n.sprint, n.issue, n.edit, coalesce(n.at, s.started_at) AS at,
         CAST(n.held AS INTEGER) AS held, CAST(n.done AS INTEGER) AS done,
         CAST(n.size AS REAL) AS size, i.outside
    FROM latest n
    CROSS JOIN jira_sprints s ON s.sprint = n.sprint
    CROSS JOIN sprint_issues i ON i.sprint = n.sprint AND i.issue = n.issue),
pairs AS (
  SELECT *, lag(held, 1, 0) OVER before AS was_held,
         lag(done) OVER before AS was_done, lag(size) OVER before AS old_size
    FROM states
  WINDOW before AS (PARTITION BY sprint, issue ORDER BY edit)),
changes AS (
  SELECT *, held AND was_held AS stayed,
         held * (done IS 0) * size
           - was_held * (was_done IS 0) * coalesce(old_size, 0) AS remaining,
         (held * (done IS 1) * size
           - was_held * (was_done IS 1) * coalesce(old_size, 0))
           * NOT outside AS completed
    FROM pairs)
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
       remaining, completed
  FROM changes
 WHERE held <> was_held OR stayed AND (size <> old_size OR done IS NOT was_done)
