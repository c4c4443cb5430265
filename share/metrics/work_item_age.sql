-- work_item_age - how long issues have been in progress and not done
-- unit: days
-- counts: issues
-- parts: p85, oldest
-- by: project, service, team, person, type
-- every: none
-- set: flow 6
-- needs: open_issues
-- columns: days - since its first moment in progress
-- peers: none; as the Kanban guide defines it
--
-- Of the issues that are in progress, the days since they first were; the lower
-- median, the 85th percentile and the oldest.  As of now, or of the end of a
-- window in the past, from the history of statuses.
--
-- An issue that was created in progress begins with its creation; time in other
-- statuses since is not taken out.
--
-- rows:
WITH begun AS MATERIALIZED (
  SELECT o.*,
         CASE WHEN coalesce((
                SELECT CASE status_class(o.project, c.from_id, c.from_text)
                         WHEN 'new' THEN 0 WHEN 'done' THEN 0 ELSE 1 END
                  FROM issue_changes c INDEXED BY issue_changes_field
                 WHERE c.client_id = :client AND c.field = 'status'
                   AND c.issue_id = o.issue
                 ORDER BY c.changed_at, CAST(c.history_id AS INTEGER),
                          c.position
                 LIMIT 1), 1)
              THEN o.created_at
              ELSE (
                SELECT min(c.changed_at)
                  FROM issue_changes c INDEXED BY issue_changes_field
                 WHERE c.client_id = :client AND c.field = 'status'
                   AND c.issue_id = o.issue
                   AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''
                   AND coalesce(status_class(o.project, c.to_id, c.to_text),
                                '') NOT IN ('new', 'done')) END AS begun_at
    FROM open_issues o WHERE o.class = 'indeterminate')
SELECT grp, period, key, project, type, summary, assignee, status,
       (:now - begun_at) / 86400.0 AS days, created_at, begun_at, url
  FROM begun
 ORDER BY begun_at
-- figures:
WITH ages AS MATERIALIZED (
  SELECT grp, period, lower_median(days) AS p50, percentile(days, 0.85) AS p85,
         max(days) AS oldest, count(days) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, p50 AS value, n FROM ages
UNION ALL SELECT grp, period, 'p85', p85, n FROM ages
UNION ALL SELECT grp, period, 'oldest', oldest, n FROM ages
