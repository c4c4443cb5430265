-- review_depth - how many comments a pull request gets
-- unit: comments
-- counts: pull requests
-- parts: on_code
-- by: repo, service, team, person
-- set: team 6
-- needs: merged_pulls
-- chart: trend
-- peers: Apache DevLake and LinearB (review depth)
-- columns: comments - by others, up to the merge
--   on_code - those of them on lines of the change
--
-- The mean number of comments, in the conversation and on the code, of the pull
-- requests merged in the period; on_code: of those on lines of the change.
-- Pull requests without a comment count as 0.
--
-- Comments by the author and by bots do not count (LinearB leaves out the
-- author's, too; DevLake counts all), nor what came after the merge.  The text
-- of a review itself is not stored and does not count.
--
-- rows:
SELECT m.grp, m.period, m.repo, m.number, m.title, m.author,
       count(c.id) AS comments,
       count(*) FILTER (WHERE c.id GLOB 'r*') AS on_code, m.merged_at, m.url
  FROM merged_pulls m
  LEFT JOIN comments c INDEXED BY comments_pull
    ON c.client_id = :client AND c.repo = m.repo AND c.number = m.number
   AND c.created_at <= m.merged_at AND c.deleted_at IS NULL
   AND (c.author IS NULL
        OR person('github', c.author, c.author_type, NULL) <>
           coalesce(m.person, ''))
 GROUP BY m.rowid
-- figures:
SELECT grp, period, NULL AS part, avg(comments) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'on_code', avg(on_code), count(*)
  FROM figure_rows GROUP BY grp, period
