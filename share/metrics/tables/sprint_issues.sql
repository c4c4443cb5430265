-- sprint_issues - the issues of each sprint, as they were at its start and end
-- needs: jira_sprints, sprint_history
-- index: sprint, issue
--
-- One row a sprint and issue that was in it at any time between its start and
-- its end:
--   sprint, issue
--   history         the rowid of sprint_history
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
--
-- What a value was at a moment is what the last change until then made of it,
-- else what the first one afterwards found, else what it is now.  Before its
-- creation an issue was in no sprint.
--
-- table:
WITH ends AS MATERIALIZED (
  SELECT h.rowid AS history, s.sprint, h.issue, h.project, h.created_at,
         coalesce(told(h.story, 1), EXISTS (
           SELECT 1 FROM issue_sprints n
            WHERE n.client_id = :client AND n.issue_id = h.issue
              AND n.sprint_id = s.sprint)) AS in_at_first,
         told(h.story, 2) AS in_at_end, told(h.story, 3) AS in_between,
         coalesce(h.created_at <= s.started_at, 1) AS old,
         iif(s.unit = 'count', 1, told(h.story, 4)) AS size_at_start,
         iif(s.unit = 'count', 1, told(h.story, 5)) AS size_at_end,
         nullif(told(h.story, 6), -1) AS done_at_start,
         nullif(told(h.story, 7), -1) AS done_at_end,
         told(h.story, 8) AS status_at_start, told(h.story, 9) AS status_at_end
    FROM sprint_history h CROSS JOIN jira_sprints s ON s.rowid = h.place
   WHERE coalesce(h.created_at <= s.ended_at - s.closed, 1))
SELECT sprint, issue, history, old AND in_at_first AS in_at_start,
       coalesce(in_at_end, in_at_first) AS in_at_end,
       iif(in_at_first AND NOT old, created_at, NULL) AS added_at,
       size_at_start, size_at_end, done_at_start, done_at_end, status_at_start,
       status_at_end, project,
       old AND in_at_first AND done_at_start IS 1 AS outside
  FROM ends WHERE in_at_first OR in_at_end OR in_between
