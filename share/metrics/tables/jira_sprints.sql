-- jira_sprints - the sprints in scope that closed in the window or run at its end
-- needs: board_statuses
-- parameter: sprint = "" - only this sprint, by its name or id
-- parameter: measure = "points" - what is counted: story points, or `issues`
-- index: sprint
--
-- One row a sprint, also where several boards show it:
--   sprint, name    its id, and what it is called
--   label           its name, with the board's where a name repeats, or else
--                   with #id
--   board, board_label, project
--                   where it was made.  Of a board that is not stored, or that
--                   belongs to no project, it is the project that most of the
--                   issues in its sprints are in, those outside the window and
--                   those to come too
--   statuses        those on the board, a line each with its id, a tab, and
--                   whether it is done (board_statuses); NULL: not known
--   estimation      the id of the field that the board estimates in, or NULL
--   started_at, ends_at, ended_at
--                   started, planned end, and when it was closed, or now
--   closed          0: it still runs at the end of the window
--   unit            points; count with measure = issues
--   grp, period     by its own name or board, or its project's; of its end
-- A sprint that has not started does not count, also when it was planned to.
-- One that is closed without saying when ended as planned.
--
-- table:
WITH named AS MATERIALIZED (
  SELECT id, name, board_id, started_at, ends_at,
         CASE state WHEN 'closed' THEN coalesce(completed_at, ends_at) END
           AS finished_at,
         count(*) OVER (PARTITION BY name) AS names,
         count(*) OVER (PARTITION BY name, board_id) AS names_here
    FROM sprints
   WHERE client_id = :client AND deleted_at IS NULL AND state IS NOT 'future'),
held AS MATERIALIZED (
  SELECT b.id, b.project_key, b.estimation_field,
         (SELECT group_concat(s.status_id || char(9) || s.done, char(10))
            FROM board_statuses s WHERE s.board = b.id) AS statuses,
         b.name || CASE WHEN count(*) OVER (PARTITION BY b.name) > 1
                        THEN ' #' || b.id ELSE '' END AS label
    FROM boards b WHERE b.client_id = :client AND b.deleted_at IS NULL),
chosen AS MATERIALIZED (
  SELECT n.id, n.name, n.started_at, n.ends_at, n.board_id, b.label AS board_label,
         b.statuses, b.estimation_field,
         CASE WHEN n.names = 1 THEN n.name
              WHEN n.names_here = 1 AND b.label IS NOT NULL
              THEN n.name || ' (' || b.label || ')'
              ELSE n.name || ' #' || n.id END AS label,
         coalesce(n.finished_at < :until, 0) AS closed,
         iif(n.finished_at < :until, n.finished_at, :now) AS ended_at,
         b.project_key
    FROM named n LEFT JOIN held b ON b.id = n.board_id
   WHERE n.started_at < :now
     AND (n.finished_at IS NULL OR n.finished_at >= :since)
     AND (:sprint = '' OR :sprint IN (n.name, n.id))),
-- A board without a project: the one that most of the issues are in.  Both are
-- too few to be worth an index made on the way, which + keeps SQLite from.
guessed AS MATERIALIZED (
  SELECT board_id, project_key
    FROM (SELECT k.board_id, i.project_key,
                 row_number() OVER (PARTITION BY k.board_id
                                    ORDER BY count(*) DESC, i.project_key)
                   AS place
            FROM sprints k CROSS JOIN issue_sprints t
              INDEXED BY issue_sprints_sprint
              ON t.client_id = k.client_id AND t.sprint_id = k.id
            CROSS JOIN issues i ON i.client_id = t.client_id
             AND i.id = t.issue_id
           WHERE k.client_id = :client AND k.deleted_at IS NULL
             AND k.board_id IN (SELECT h.board_id FROM chosen h
                                 WHERE h.project_key IS NULL)
             AND i.deleted_at IS NULL
           GROUP BY k.board_id, i.project_key)
   WHERE +place = 1)
SELECT k.id AS sprint, k.name, k.label, k.board_id AS board, k.board_label,
       p.project, k.statuses, k.estimation_field AS estimation, k.started_at,
       k.ends_at, k.ended_at, k.closed,
       iif(:measure = 'issues', 'count', 'points') AS unit,
       CASE :by WHEN 'sprint' THEN k.label
                WHEN 'board' THEN coalesce(k.board_label, 'no board')
                ELSE p.grp END AS grp,
       (SELECT w.period FROM periods w
         WHERE k.ended_at - (NOT k.closed) >= w.since
           AND k.ended_at - (NOT k.closed) < w.until) AS period
  FROM chosen k CROSS JOIN jira_projects p
    ON p.project = coalesce(k.project_key, (SELECT g.project_key FROM guessed g
                                             WHERE +g.board_id IS k.board_id))
 WHERE p.grp IS NOT NULL
 ORDER BY k.started_at, k.id
