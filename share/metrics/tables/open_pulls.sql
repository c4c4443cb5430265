-- open_pulls - the pull requests that were open when a period ended
-- needs: ends
--
-- One row for each period at whose end (`at`) it was open: created before, and
-- not closed or merged before.  grp is its repository's, or the author's by
-- person and team.  Bots' are left out.
--
-- table:
WITH some(repo, number, created_at, ended_at) AS MATERIALIZED (
  SELECT q.repo, q.number, q.created_at, NULL
    FROM pull_requests q INDEXED BY pull_requests_unmerged
   WHERE q.client_id = :client AND q.merged_at IS NULL AND q.closed_at IS NULL
     AND q.created_at < (SELECT max(at) FROM ends)
  UNION ALL
  SELECT q.repo, q.number, q.created_at, q.closed_at
    FROM pull_requests q INDEXED BY pull_requests_unmerged
   WHERE q.client_id = :client AND q.merged_at IS NULL
     AND q.closed_at >= (SELECT min(at) FROM ends)
     AND q.created_at < (SELECT max(at) FROM ends)
  UNION ALL
  SELECT q.repo, q.number, q.created_at, q.merged_at
    FROM pull_requests q INDEXED BY pull_requests_merged
   WHERE q.client_id = :client
     AND q.merged_at >= (SELECT min(at) FROM ends)
     AND q.created_at < (SELECT max(at) FROM ends))
SELECT * FROM (
  SELECT CASE WHEN :people
              THEN member('github', q.author, q.author_type, NULL)
              ELSE r.grp END AS grp,
         e.period, e.at, q.repo, q.number, q.title, q.author,
         person('github', q.author, q.author_type, NULL) AS person,
         q.created_at, r.url || '/pull/' || q.number AS url
    FROM some s
    CROSS JOIN ends e
      ON e.at > s.created_at AND e.at <= coalesce(s.ended_at, :now)
    CROSS JOIN pull_requests q ON q.client_id = :client AND q.repo = s.repo
     AND q.number = s.number
    CROSS JOIN repos r ON r.repo = q.repo
   WHERE q.deleted_at IS NULL AND r.grp IS NOT NULL)
 WHERE grp IS NOT NULL AND (author IS NULL OR person IS NOT NULL)
