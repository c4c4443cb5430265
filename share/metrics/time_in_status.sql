-- time_in_status - how long issues stay in each status
-- unit: min
-- counts: stays
-- parts: any
-- by: project, service, team, person, type
-- shape: list
-- set: flow 9
-- needs: open_issues
-- chart: bars
-- columns: class - of the status: new, indeterminate or done
-- columns: minutes - of one stay, rounded down
-- columns: open - 1 for a stay that has not ended
-- peers: Apache DevLake (issue status history)
--
-- The lower median of an issue's stays in a status, in whole minutes; one
-- figure a status, by the name it has now.  An issue's first stay begins with
-- its creation, in the status that its first change left; without any change it
-- is in its status since its creation.  A change to no status at all keeps the
-- former one.  An issue that comes back to a status has two stays in it.
--
-- Counted are the stays that ended in the period, and in the last one also
-- those that are still open, up to now; but not that of a done issue, which
-- stays as it is.
--
-- rows:
WITH ended AS MATERIALIZED (
  SELECT CASE WHEN :people
              THEN member('jira', i.assignee_id, NULL, i.assignee)
              WHEN :by = 'type' THEN i.issue_type ELSE p.grp END AS grp,
         t.period, i.id AS issue, i.key, i.project_key AS project,
         i.issue_type AS type, i.summary, i.assignee, i.created_at,
         c.from_id, c.from_text, c.changed_at AS to_at,
         coalesce(nullif(c.from_id, ''), c.from_text, '') = '' AS blank,
         CAST(c.history_id AS INTEGER) AS history, c.position
    FROM periods t
    CROSS JOIN issue_changes c INDEXED BY issue_changes_status
      ON c.client_id = :client AND c.field = 'status'
     AND c.changed_at >= t.since AND c.changed_at < t.until
    CROSS JOIN issues i ON i.client_id = :client AND i.id = c.issue_id
    CROSS JOIN jira_projects p ON p.project = i.project_key
   WHERE p.grp IS NOT NULL AND i.deleted_at IS NULL
     AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''),
stays AS (
  SELECT e.grp, e.period, e.issue, e.key, e.project, e.type, e.summary,
         e.assignee,
         CASE WHEN e.blank THEN (
                SELECT c.to_id
                  FROM issue_changes c INDEXED BY issue_changes_field
                 WHERE c.client_id = :client AND c.field = 'status'
                   AND c.issue_id = e.issue AND c.changed_at <= e.to_at
                   AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''
                   AND (c.changed_at, CAST(c.history_id AS INTEGER), c.position)
                       < (e.to_at, e.history, e.position)
                 ORDER BY c.changed_at DESC LIMIT 1)
              ELSE e.from_id END AS status_id,
         e.from_text AS status, 0 AS open,
         coalesce((
           SELECT c.changed_at
             FROM issue_changes c INDEXED BY issue_changes_field
            WHERE c.client_id = :client AND c.field = 'status'
              AND c.issue_id = e.issue AND c.changed_at <= e.to_at
              AND (c.changed_at, CAST(c.history_id AS INTEGER), c.position)
                  < (e.to_at, e.history, e.position)
              AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''
            ORDER BY c.changed_at DESC LIMIT 1), e.created_at) AS from_at,
         e.to_at
    FROM ended e WHERE e.grp IS NOT NULL
  UNION ALL
  SELECT o.grp, o.period, o.issue, o.key, o.project, o.type, o.summary,
         o.assignee, o.status_id, o.status, 1,
         coalesce((
           SELECT max(c.changed_at)
             FROM issue_changes c INDEXED BY issue_changes_field
            WHERE c.client_id = :client AND c.field = 'status'
              AND c.issue_id = o.issue AND c.changed_at < :now
              AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''),
           o.created_at), :now
    FROM open_issues o),
named AS MATERIALIZED (
  SELECT *, coalesce((
           SELECT s.name FROM statuses s
            WHERE s.client_id = :client AND s.id = stays.status_id
              AND s.deleted_at IS NULL), status) AS name
    FROM stays)
SELECT grp, period, name AS status,
       status_class(project, status_id, status) AS class, key, project, type,
       summary, assignee,
       CASE WHEN to_at >= from_at THEN (to_at - from_at) / 60 END AS minutes,
       open, from_at, to_at, :jira || '/browse/' || key AS url
  FROM named WHERE coalesce(name, '') <> ''
-- figures:
SELECT grp, period, status AS part, lower_median(minutes) AS value,
       count(minutes) AS n, nullif(sum(open), 0) || ' open' AS note
  FROM figure_rows GROUP BY grp, period, status
 ORDER BY grp, period,
          CASE min(class) WHEN 'new' THEN 1 WHEN 'done' THEN 3 ELSE 2 END, status
