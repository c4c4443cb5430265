-- own_commits - the commits of the window, without merges
-- parameter: merge_commits = 0 - 1: commits with several parents count, too
--
-- One row each, at committed_at.  grp is its repository's, or the author's by
-- person and team; where GitHub knows no account for the author, his name
-- stands for it.  Bots' are left out.
--
-- table:
SELECT * FROM (
  SELECT CASE WHEN :people THEN member('github',
                coalesce(c.author, c.author_name), NULL, c.author_name)
              ELSE r.grp END AS grp,
         t.period, c.repo, c.sha, coalesce(c.author, c.author_name) AS author,
         person('github', coalesce(c.author, c.author_name), NULL,
                c.author_name) AS person,
         c.authored_at, c.committed_at, r.url || '/commit/' || c.sha AS url
    FROM periods t
    CROSS JOIN commits c INDEXED BY commits_committed
      ON c.client_id = :client
     AND c.committed_at >= t.since AND c.committed_at < t.until
    CROSS JOIN repos r ON r.repo = c.repo
   WHERE c.deleted_at IS NULL AND r.grp IS NOT NULL
     AND (:merge_commits OR NOT EXISTS (
          SELECT 1 FROM commit_parents p
           WHERE p.client_id = c.client_id AND p.repo = c.repo
             AND p.sha = c.sha AND p.position = 1)))
 WHERE grp IS NOT NULL AND (author IS NULL OR person IS NOT NULL)
