-- given_reviews - the reviews that were submitted in the window
--
-- One row each, at submitted_at, of a pull request that somebody else wrote.
-- reviewer, author: persons; NULL: a bot or an account that is gone.  Reviews
-- by bots are left out.
--
-- table:
SELECT * FROM (
  SELECT t.period, r.grp AS place, v.repo, v.number, v.id, q.title,
         v.author AS account, v.author_type AS account_type,
         person('github', v.author, v.author_type, NULL) AS reviewer,
         q.author AS author_account, q.author_type,
         person('github', q.author, q.author_type, NULL) AS author,
         v.state, v.submitted_at,
         r.url || '/pull/' || v.number || '#pullrequestreview-' || v.id AS url
    FROM periods t
    CROSS JOIN reviews v INDEXED BY reviews_submitted
      ON v.client_id = :client
     AND v.submitted_at >= t.since AND v.submitted_at < t.until
    CROSS JOIN repos r ON r.repo = v.repo
    CROSS JOIN pull_requests q ON q.client_id = v.client_id
     AND q.repo = v.repo AND q.number = v.number
   WHERE v.deleted_at IS NULL AND q.deleted_at IS NULL AND r.grp IS NOT NULL)
 WHERE account IS NULL OR reviewer <> coalesce(author, '')
