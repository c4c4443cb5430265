-- board_statuses - the column that each status is in, on each board
-- index: board
--
-- One row a board and status: board, status_id, place (0 is the first column),
-- name (the column's), done (1: it is the last column that holds a status).
-- The columns are those of today: Jira keeps no history of boards.
--
-- table:
SELECT b.id AS board, s.value ->> 'id' AS status_id, c.key AS place,
       c.value ->> 'name' AS name,
       c.key = max(c.key) OVER (PARTITION BY b.id) AS done
  FROM boards b, json_each(b.board_columns) c,
       json_each(c.value, '$.statuses') s
 WHERE b.client_id = :client AND b.deleted_at IS NULL
