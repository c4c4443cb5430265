-- time_to_first_review - how long a pull request waits for a first answer
-- unit: min
-- counts: pull requests
-- parts: p90
-- by: repo, service, team, person
-- set: team 3
-- needs: opened_pulls
-- chart: trend whole p90
-- peers: Apache DevLake (PR pickup time), LinearB (pickup time)
-- columns: minutes - from creation to first_answer_at; empty: no answer
--
-- From the creation of a pull request to the first review or comment by
-- somebody else who is no bot, in minutes rounded up: the lower median over the
-- pull requests opened in the period, and p90 (the largest value whose percent
-- rank is at most 0.9).
--
-- What came after it was merged or closed is no answer that was waited for.
-- Those without an answer are not in the figure; the note counts them, so a
-- period that has just ended looks faster than it will.  GitHub does not say
-- since when a draft is ready: the time as a draft counts.  Where the author's
-- account is gone every answer counts; an answer by an account that is gone is
-- somebody else's; a person's second account is the same person.
--
-- rows:
-- The plus keeps SQLite from the index by time: the pull request finds more.
WITH answered AS MATERIALIZED (
  SELECT o.*,
         (SELECT min(+v.submitted_at) FROM reviews v
           WHERE v.client_id = :client AND v.repo = o.repo
             AND v.number = o.number AND v.deleted_at IS NULL
             AND +v.submitted_at <= coalesce(o.closed_at, v.submitted_at)
             AND (v.author IS NULL
                  OR person('github', v.author, v.author_type, NULL) <>
                     coalesce(o.person, ''))) AS review_at,
         (SELECT min(c.created_at) FROM comments c INDEXED BY comments_pull
           WHERE c.client_id = :client AND c.repo = o.repo
             AND c.number = o.number AND c.deleted_at IS NULL
             AND c.created_at <= coalesce(o.closed_at, c.created_at)
             AND (c.author IS NULL
                  OR person('github', c.author, c.author_type, NULL) <>
                     coalesce(o.person, ''))) AS comment_at
    FROM opened_pulls o)
SELECT grp, period, repo, number, title, author,
       minutes(created_at, min(coalesce(review_at, comment_at),
                               coalesce(comment_at, review_at))) AS minutes,
       created_at,
       min(coalesce(review_at, comment_at),
           coalesce(comment_at, review_at)) AS first_answer_at, url
  FROM answered
-- figures:
WITH waits AS MATERIALIZED (
  SELECT grp, period, lower_median(minutes) AS median,
         percentile(minutes, 0.9) AS p90, count(minutes) AS n,
         nullif(sum(minutes IS NULL), 0) || ' without' AS note
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, median AS value, n, note FROM waits
UNION ALL SELECT grp, period, 'p90', p90, n, NULL FROM waits
