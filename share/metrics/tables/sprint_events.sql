-- sprint_events - what changed in each sprint, from its start to its end
-- needs: jira_sprints, sprint_history, sprint_issues
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
WITH RECURSIVE
nth(member, edit) AS (
  SELECT p.rowid, told(h.story, 0) - 1
    FROM sprint_issues p CROSS JOIN sprint_history h ON h.rowid = p.history
   WHERE told(h.story, 0) > 0
  UNION ALL
  SELECT member, edit - 1 FROM nth WHERE edit > 0),
edits AS MATERIALIZED (
  SELECT p.sprint, p.issue, p.outside, told(h.story, 0, n.edit) AS at,
         told(h.story, 1, n.edit) AS edit,
         coalesce(told(h.story, 2, n.edit), in_at_start OR added_at IS NOT NULL)
           AS was_held,
         coalesce(told(h.story, 3, n.edit), in_at_start OR added_at IS NOT NULL)
           AS held,
         iif(s.unit = 'count', 1, told(h.story, 4, n.edit)) AS old_size,
         iif(s.unit = 'count', 1, told(h.story, 5, n.edit)) AS size,
         told(h.story, 6, n.edit) AS was_done, told(h.story, 7, n.edit) AS done
    FROM nth n CROSS JOIN sprint_issues p ON p.rowid = n.member
    CROSS JOIN sprint_history h ON h.rowid = p.history
    CROSS JOIN jira_sprints s ON s.rowid = h.place),
moves AS (
  SELECT *, held AND was_held AS stayed, was_held * old_size AS old,
         held * size AS new
    FROM edits
   WHERE (held OR was_held)
     AND (held <> was_held OR done <> was_done OR size <> old_size))
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
