-- merged_reviews - the reviews of the pull requests merged in the window
-- needs: merged_pulls
-- index: repo, number
--
-- One row a review by somebody else than the author, up to the merge.
-- reviewer: NULL: the account is gone.  Bots' are left out, and those that are
-- not submitted yet.
--
-- table:
-- The plus keeps SQLite from the index by time: the pull request finds more.
SELECT m.repo, m.number, v.id,
       person('github', v.author, v.author_type, NULL) AS reviewer, v.state,
       v.commit_sha, v.submitted_at
  FROM merged_pulls m
  CROSS JOIN reviews v ON v.client_id = :client AND v.repo = m.repo
   AND v.number = m.number
 WHERE +v.submitted_at <= m.merged_at AND v.deleted_at IS NULL
   AND (v.author IS NULL
        OR person('github', v.author, v.author_type, NULL) <>
           coalesce(m.person, ''))
