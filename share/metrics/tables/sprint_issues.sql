-- sprint_issues - the issues of each sprint, as they were at its start and end
-- needs: jira_sprints, board_statuses, sprint_fields, sprint_members
-- index: sprint, issue
--
-- One row a sprint and issue that was in it at any time between its start and
-- its end:
--   sprint, issue
--   in_at_start, in_at_end         1: in the sprint then; the end is just
--                   before the close, which moves the issues on
--   added_at        when it was created, of one that was created into a sprint
--                   that had started; else NULL
--   size_at_start, size_at_end     story points, none as 0; 1 with measure =
--                   issues
--   done_at_start, done_at_end     1: in the last column of the board; 0: in
--                   another one; NULL: not on the board.  The class of the
--                   status, in the issue's own project, tells where the board's
--                   columns are not known
--   status_at_start, status_at_end   names
--   project         of the issue, now
--   outside         1: it was in it at the start, and done already
--   points_of       which changes tell its estimate: the board's own field, or
--                   other ones of story points where it never changed; NULL: it
--                   never changed at all
--
-- What a value was at a moment is what the last change until then made of it,
-- else what the first one afterwards found, else what it is now.  Before its
-- creation an issue was in no sprint.
--
-- table:
WITH changes AS (
  SELECT m.issue, m.sprint, s.started_at, s.ended_at,
         s.ended_at - s.closed AS before_end, c.changed_at AS at,
         CAST(c.history_id AS INTEGER) AS place, c.from_text, c.to_text,
         k.kind, k.field, s.estimation,
         CASE k.kind
           WHEN 'sprint' THEN
             CASE WHEN c.from_id <> ''
                  THEN instr(',' || replace(c.from_id, ' ', '') || ',',
                             ',' || s.sprint || ',') > 0
                  ELSE instr(', ' || coalesce(c.from_text, '') || ', ',
                             ', ' || s.name || ', ') > 0 END
           WHEN 'status' THEN c.from_id
           ELSE coalesce(CAST(c.from_text AS REAL), 0) END AS was,
         CASE k.kind
           WHEN 'sprint' THEN
             CASE WHEN c.to_id <> ''
                  THEN instr(',' || replace(c.to_id, ' ', '') || ',',
                             ',' || s.sprint || ',') > 0
                  ELSE instr(', ' || coalesce(c.to_text, '') || ', ',
                             ', ' || s.name || ', ') > 0 END
           WHEN 'status' THEN c.to_id
           ELSE coalesce(CAST(c.to_text AS REAL), 0) END AS becomes
    FROM sprint_members m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
    LEFT JOIN issue_changes c ON c.client_id = :client AND c.issue_id = m.issue
    LEFT JOIN sprint_fields k ON k.key = coalesce(c.field_id, c.field)),
told AS MATERIALIZED (
  SELECT issue, sprint, max(field = estimation) AS points,
         as_of(started_at, at, place, was, becomes)
           FILTER (WHERE kind = 'sprint') AS in_at_start,
         as_of(before_end, at, place, was, becomes)
           FILTER (WHERE kind = 'sprint') AS in_at_end,
         max(becomes) FILTER (WHERE kind = 'sprint' AND at > started_at
                                AND at <= before_end) AS in_between,
         as_of(started_at, at, place, was, becomes)
           FILTER (WHERE kind = 'status') AS status_id_at_start,
         as_of(ended_at, at, place, was, becomes)
           FILTER (WHERE kind = 'status') AS status_id_at_end,
         as_of(started_at, at, place, from_text, to_text)
           FILTER (WHERE kind = 'status') AS status_at_start,
         as_of(ended_at, at, place, from_text, to_text)
           FILTER (WHERE kind = 'status') AS status_at_end,
         as_of(started_at, at, place, was, becomes)
           FILTER (WHERE field = estimation) AS points_at_start,
         as_of(ended_at, at, place, was, becomes)
           FILTER (WHERE field = estimation) AS points_at_end,
         as_of(started_at, at, place, was, becomes)
           FILTER (WHERE kind = 'points' AND field IS NOT estimation) AS others_at_start,
         as_of(ended_at, at, place, was, becomes)
           FILTER (WHERE kind = 'points' AND field IS NOT estimation) AS others_at_end
    FROM changes GROUP BY issue, sprint),
-- Where nothing ever changed it was always as it is now.
filled AS MATERIALIZED (
  SELECT u.issue, u.sprint, s.unit, s.board, s.columns,
         i.project_key AS project,
         u.in_between,
         coalesce(u.in_at_start, EXISTS (
           SELECT 1 FROM issue_sprints n
            WHERE n.client_id = :client AND n.issue_id = u.issue
              AND n.sprint_id = u.sprint)) AS in_at_first, u.in_at_end,
         coalesce(i.created_at <= s.started_at, 1) AS old,
         coalesce(i.created_at > s.ended_at - s.closed, 0) AS too_new,
         i.created_at,
         coalesce(u.status_id_at_start, i.status_id) AS status_id_at_start,
         coalesce(u.status_id_at_end, i.status_id) AS status_id_at_end,
         coalesce(u.status_at_start, i.status) AS status_at_start,
         coalesce(u.status_at_end, i.status) AS status_at_end,
         coalesce(u.points_at_start, u.others_at_start, i.story_points, 0.0)
           AS points_at_start,
         coalesce(u.points_at_end, u.others_at_end, i.story_points, 0.0)
           AS points_at_end,
         CASE WHEN u.points = 1 THEN 'points'
              WHEN u.others_at_start IS NOT NULL THEN 'others' END AS points_of
    FROM told u CROSS JOIN jira_sprints s ON s.sprint = u.sprint
    CROSS JOIN issues i ON i.client_id = :client AND i.id = u.issue),
judged AS (
  SELECT *,
         CASE WHEN columns
              THEN (SELECT b.done FROM board_statuses b
                     WHERE b.board = f.board
                       AND b.status_id = f.status_id_at_start)
              ELSE status_class(project, status_id_at_start, status_at_start)
                     IS 'done' END AS done_at_start,
         CASE WHEN columns
              THEN (SELECT b.done FROM board_statuses b
                     WHERE b.board = f.board
                       AND b.status_id = f.status_id_at_end)
              ELSE status_class(project, status_id_at_end, status_at_end)
                     IS 'done' END AS done_at_end
    FROM filled f
   WHERE (in_at_first OR in_at_end OR in_between) AND NOT too_new)
SELECT sprint, issue, old AND in_at_first AS in_at_start,
       coalesce(in_at_end, in_at_first) AS in_at_end,
       iif(in_at_first AND NOT old, created_at, NULL) AS added_at,
       iif(unit = 'count', 1, points_at_start) AS size_at_start,
       iif(unit = 'count', 1, points_at_end) AS size_at_end,
       done_at_start, done_at_end, status_at_start, status_at_end, project,
       old AND in_at_first AND done_at_start IS 1 AS outside, points_of
  FROM judged
