-- pull_requests - how many were opened, merged and turned down
-- unit: count
-- counts: pull requests
-- parts: opened, merged, closed_unmerged
-- by: repo, service, team, person
-- empty: zero
-- set: team 1
-- chart: trend opened merged closed_unmerged
-- peers: Apache DevLake (PR count), LinearB (PRs opened, PRs merged)
-- columns: opened, merged, closed_unmerged - 1 where that was in the period
--
-- Each part counts by its own date: opened at created_at, merged at merged_at,
-- closed_unmerged at closed_at where it was never merged.  The whole counts
-- each pull request once that did any of them in the period.  Drafts count.
--
-- By person and team a pull request is its author's.  One whose author's
-- account is gone counts over all, by repository and by service, but for
-- nobody and no team; one whose author is in no team counts for no team.  Those
-- of bots count with --bots only.  That holds for all figures of this set.
--
-- rows:
WITH found AS (
  SELECT t.period, q.repo, q.number, 1 AS opened, 0 AS merged, 0 AS closed
    FROM periods t
    CROSS JOIN pull_requests q INDEXED BY pull_requests_created
      ON q.client_id = :client
     AND q.created_at >= t.since AND q.created_at < t.until
  UNION ALL
  SELECT t.period, q.repo, q.number, 0, 1, 0
    FROM periods t
    CROSS JOIN pull_requests q INDEXED BY pull_requests_merged
      ON q.client_id = :client
     AND q.merged_at >= t.since AND q.merged_at < t.until
  UNION ALL
  SELECT t.period, q.repo, q.number, 0, 0, 1
    FROM periods t
    CROSS JOIN pull_requests q INDEXED BY pull_requests_unmerged
      ON q.client_id = :client AND q.merged_at IS NULL
     AND q.closed_at >= t.since AND q.closed_at < t.until),
once AS MATERIALIZED (
  SELECT period, repo, number, max(opened) AS opened, max(merged) AS merged,
         max(closed) AS closed_unmerged
    FROM found GROUP BY period, repo, number)
SELECT * FROM (
  SELECT CASE WHEN :people
              THEN member('github', q.author, q.author_type, NULL)
              ELSE r.grp END AS grp,
         o.period, o.repo, o.number, q.title, q.author, o.opened, o.merged,
         o.closed_unmerged, q.created_at, q.merged_at, q.closed_at,
         r.url || '/pull/' || q.number AS url
    FROM once o
    CROSS JOIN pull_requests q
      ON q.client_id = :client AND q.repo = o.repo AND q.number = o.number
    CROSS JOIN repos r ON r.repo = o.repo
   WHERE q.deleted_at IS NULL AND r.grp IS NOT NULL
     AND (q.author IS NULL
          OR person('github', q.author, q.author_type, NULL) IS NOT NULL))
 WHERE grp IS NOT NULL
-- figures:
WITH sums AS MATERIALIZED (
  SELECT grp, period, count(*) AS whole, sum(opened) AS opened,
         sum(merged) AS merged, sum(closed_unmerged) AS closed_unmerged
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, whole AS value, whole AS n FROM sums
UNION ALL SELECT grp, period, 'opened', opened, opened FROM sums
UNION ALL SELECT grp, period, 'merged', merged, merged FROM sums
UNION ALL
SELECT grp, period, 'closed_unmerged', closed_unmerged, closed_unmerged
  FROM sums
