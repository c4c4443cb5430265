-- own_commits - the commits of the window, without merges
-- needs: spans
-- parameter: merge_commits = 0 - 1: commits with several parents count, too
--
-- One row each, at committed_at.  grp is its repository's, or the author's by
-- person and team; where GitHub knows no account for the author, his name
-- stands for it.  Bots' are left out.
--
-- table:
-- By the index by time each commit is looked up on its own.  A window of more
-- than a quarter of the time that is stored is faster found by reading all
-- commits of the repositories in a row; the plus keeps SQLite from the index.
WITH stored AS MATERIALIZED (
  SELECT (SELECT min(committed_at) FROM commits INDEXED BY commits_committed
           WHERE client_id = :client) AS first,
         (SELECT max(committed_at) FROM commits INDEXED BY commits_committed
           WHERE client_id = :client) AS last),
wide(yes) AS MATERIALIZED (
  SELECT 4 * (min(:until, last) - max(:since, first)) > last - first
    FROM stored),
found AS (
  SELECT t.period, r.grp, r.url, c.repo, c.sha, c.author, c.author_name,
         c.authored_at, c.committed_at
    FROM periods t
    CROSS JOIN commits c INDEXED BY commits_committed
      ON c.client_id = :client
     AND c.committed_at >= t.since AND c.committed_at < t.until
    CROSS JOIN repos r ON r.repo = c.repo
   WHERE NOT (SELECT yes FROM wide)
     AND c.deleted_at IS NULL AND r.grp IS NOT NULL
  UNION ALL
  SELECT s.period, r.grp, r.url, c.repo, c.sha, c.author, c.author_name,
         c.authored_at, c.committed_at
    FROM repos r
    CROSS JOIN commits c ON c.client_id = :client AND c.repo = r.repo
     AND +c.committed_at >= :since AND +c.committed_at < :until
    CROSS JOIN spans s
      ON s.since = (SELECT max(since) FROM spans WHERE since <= c.committed_at)
   WHERE (SELECT yes FROM wide)
     AND c.deleted_at IS NULL AND r.grp IS NOT NULL)
SELECT * FROM (
  SELECT CASE WHEN :people THEN member('github',
                coalesce(author, author_name), NULL, author_name)
              ELSE grp END AS grp,
         period, repo, sha, coalesce(author, author_name) AS author,
         person('github', coalesce(author, author_name), NULL, author_name)
           AS person,
         authored_at, committed_at, url
    FROM found f
   WHERE :merge_commits OR NOT EXISTS (
         SELECT 1 FROM commit_parents p
          WHERE p.client_id = :client AND p.repo = f.repo AND p.sha = f.sha
            AND p.position = 1))
 WHERE grp IS NOT NULL AND (author IS NULL OR person IS NOT NULL)
