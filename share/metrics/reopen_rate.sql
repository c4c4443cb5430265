-- reopen_rate - which share of the issues done was opened again
-- unit: ratio
-- counts: issues
-- by: project, service, team, person, type
-- set: bugs 3
-- needs: done_statuses
-- chart: trend
-- columns: reopened - 1 when it left done after it had come there
-- peers: none; proposed here
--
-- A proposal: issues that left done at least once / issues that were ever done,
-- over the issues that moved into done in the period, whether they are done now
-- or not.  An issue counts once a period; it is opened again when it moved out
-- of done at any time after it first came there in the period, so that the rate
-- of a period still grows later.
--
-- rows:
WITH
arrivals AS MATERIALIZED (
  SELECT t.period, c.issue_id, c.history_id, c.position, c.source
    FROM periods t
    CROSS JOIN issue_changes c INDEXED BY issue_changes_status
      ON c.client_id = :client AND c.field = 'status'
     AND c.changed_at >= t.since AND c.changed_at < t.until
   WHERE c.to_id IS NULL OR c.to_id IN (SELECT id FROM done_statuses)
      OR c.to_id NOT IN (
        SELECT s.id FROM statuses s WHERE s.client_id = :client)),
came AS MATERIALIZED (
  SELECT CASE WHEN :people
              THEN member('jira', i.assignee_id, NULL, i.assignee)
              WHEN :by = 'type' THEN i.issue_type ELSE p.grp END AS grp,
         a.period, i.id AS issue, i.key, i.project_key AS project,
         i.issue_type AS type, i.summary, i.assignee, i.status,
         min(c.changed_at) AS came_at
    FROM arrivals a
    CROSS JOIN issue_changes c
      ON c.client_id = :client AND c.issue_id = a.issue_id
     AND c.history_id = a.history_id AND c.position = a.position
     AND c.source = a.source
    CROSS JOIN issues i ON i.client_id = :client AND i.id = c.issue_id
    CROSS JOIN jira_projects p ON p.project = i.project_key
   WHERE p.grp IS NOT NULL AND i.deleted_at IS NULL
     AND status_class(i.project_key, c.to_id, c.to_text) = 'done'
     AND status_class(i.project_key, c.from_id, c.from_text) IS NOT 'done'
   GROUP BY a.period, i.id),
left_again AS MATERIALIZED (
  SELECT *, (SELECT min(c.changed_at)
               FROM issue_changes c INDEXED BY issue_changes_field
              WHERE c.client_id = :client AND c.field = 'status'
                AND c.issue_id = came.issue AND c.changed_at >= came.came_at
                AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''
                AND status_class(came.project, c.from_id, c.from_text) = 'done'
                AND status_class(came.project, c.to_id, c.to_text)
                    IS NOT 'done') AS left_at
    FROM came WHERE grp IS NOT NULL)
SELECT grp, period, key, project, type, summary, assignee, status,
       left_at IS NOT NULL AS reopened, came_at AS done_at, left_at,
       :jira || '/browse/' || key AS url
  FROM left_again
-- figures:
SELECT grp, period, avg(reopened) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
