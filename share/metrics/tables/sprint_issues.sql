-- sprint_issues - the issues of each sprint, as they were at its start and end
-- needs: sprint_moments
-- index: sprint, issue
--
-- One row a sprint and issue that was in it at any time between its start and
-- its end:
--   sprint, issue
--   in_at_start, in_at_end         1: in the sprint then
--   size_at_start, size_at_end     story points, or 1 with measure = issues
--   done_at_start, done_at_end     1: in the last column of the board; 0: in
--                   another one; NULL: not on the board
--   status_at_start, status_at_end
--   outside         1: it was in it at the start, and done already
--
-- table:
WITH ends AS (
  SELECT sprint, issue,
         max(held) FILTER (WHERE at_start) AS in_at_start,
         max(held) FILTER (WHERE at_end) AS in_at_end,
         max(size) FILTER (WHERE at_start) AS size_at_start,
         max(size) FILTER (WHERE at_end) AS size_at_end,
         max(done) FILTER (WHERE at_start) AS done_at_start,
         max(done) FILTER (WHERE at_end) AS done_at_end,
         max(status) FILTER (WHERE at_start) AS status_at_start,
         max(status) FILTER (WHERE at_end) AS status_at_end
    FROM sprint_moments GROUP BY sprint, issue HAVING max(held) = 1)
SELECT *, in_at_start AND done_at_start IS 1 AS outside FROM ends
