-- merged_pulls - the pull requests that were merged in the window
-- index: repo, number
--
-- One row each, at merged_at.  grp is its repository's, or the author's by
-- person and team.  person is who wrote it; NULL: his account is gone.  Bots'
-- are left out.
--
-- table:
SELECT * FROM (
  SELECT CASE WHEN :people
              THEN member('github', q.author, q.author_type, NULL)
              ELSE r.grp END AS grp,
         t.period, q.repo, q.number, q.title, q.author,
         person('github', q.author, q.author_type, NULL) AS person,
         q.created_at, q.merged_at, q.merged_by, q.head_ref,
         q.additions + q.deletions AS lines, q.changed_files AS files,
         r.url || '/pull/' || q.number AS url
    FROM periods t
    CROSS JOIN pull_requests q INDEXED BY pull_requests_merged
      ON q.client_id = :client
     AND q.merged_at >= t.since AND q.merged_at < t.until
    CROSS JOIN repos r ON r.repo = q.repo
   WHERE q.deleted_at IS NULL AND r.grp IS NOT NULL)
 WHERE grp IS NOT NULL AND (author IS NULL OR person IS NOT NULL)
