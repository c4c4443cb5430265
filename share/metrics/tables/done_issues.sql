-- done_issues - the issues in scope that were done in the window
-- needs: done_statuses
-- parameter: cancelled = ["Won't Do", "Won't Fix", "Duplicate",
--   "Cannot Reproduce", "Declined", "Cancelled"] - the resolutions of issues
--   that were given up
--
-- One row an issue whose status is done now, in the period of done_at: its
-- resolution date or, where a project sets none, its last move into done (its
-- creation, when it never moved there).
--
-- table:
WITH
unresolved AS MATERIALIZED (
  SELECT i.id FROM jira_projects p
    CROSS JOIN issues i INDEXED BY issues_unresolved
      ON i.client_id = :client AND i.project_key = p.project
   WHERE p.grp IS NOT NULL AND i.resolutiondate IS NULL
     AND i.deleted_at IS NULL),
-- Of those, what came in the window into a status that may be done.
arrivals AS MATERIALIZED (
  SELECT DISTINCT t.period, t.since, t.until, c.issue_id
    FROM periods t
    CROSS JOIN issue_changes c INDEXED BY issue_changes_status
      ON c.client_id = :client AND c.field = 'status'
     AND c.changed_at >= t.since AND c.changed_at < t.until
   WHERE c.issue_id IN (SELECT id FROM unresolved)
     AND (c.to_id IS NULL OR c.to_id IN (SELECT id FROM done_statuses)
          OR c.to_id NOT IN (
            SELECT s.id FROM statuses s WHERE s.client_id = :client))),
entries AS MATERIALIZED (
  SELECT a.period, a.since, a.until, i.id,
         (SELECT max(c.changed_at)
            FROM issue_changes c INDEXED BY issue_changes_field
           WHERE c.client_id = :client AND c.field = 'status'
             AND c.issue_id = i.id
             AND status_class(i.project_key, c.to_id, c.to_text) = 'done'
             AND status_class(i.project_key, c.from_id, c.from_text)
                 IS NOT 'done') AS done_at
    FROM arrivals a
    CROSS JOIN issues i ON i.client_id = :client AND i.id = a.issue_id),
found AS (
  SELECT t.period, i.id, i.resolutiondate AS done_at
    FROM periods t CROSS JOIN jira_projects p
    CROSS JOIN issues i INDEXED BY issues_resolved
      ON i.client_id = :client AND i.project_key = p.project
     AND i.resolutiondate >= t.since AND i.resolutiondate < t.until
   WHERE p.grp IS NOT NULL
  UNION ALL
  SELECT period, id, done_at FROM entries
   WHERE done_at >= since AND done_at < until
  UNION ALL
  SELECT t.period, i.id, i.created_at
    FROM periods t CROSS JOIN jira_projects p
    CROSS JOIN issues i INDEXED BY issues_unresolved
      ON i.client_id = :client AND i.project_key = p.project
     AND i.created_at >= t.since AND i.created_at < t.until
   WHERE p.grp IS NOT NULL AND i.resolutiondate IS NULL
     AND i.deleted_at IS NULL
     AND NOT EXISTS (
       SELECT 1 FROM issue_changes n INDEXED BY issue_changes_field
        WHERE n.client_id = :client AND n.field = 'status'
          AND n.issue_id = i.id
          AND status_class(i.project_key, n.to_id, n.to_text) = 'done'
          AND status_class(i.project_key, n.from_id, n.from_text)
              IS NOT 'done')),
done AS (
  SELECT CASE WHEN :people
              THEN member('jira', i.assignee_id, NULL, i.assignee)
              WHEN :by = 'type' THEN i.issue_type ELSE p.grp END AS grp,
         f.period, i.id AS issue, i.key, i.project_key AS project,
         i.issue_type AS type, i.summary, i.assignee, i.priority, i.status_id,
         i.status, i.resolution,
         i.resolution COLLATE NOCASE IN (
           SELECT value FROM json_each(:cancelled)) IS TRUE AS cancelled,
         i.story_points AS points, i.created_at, f.done_at,
         :jira || '/browse/' || i.key AS url
    FROM found f
    CROSS JOIN issues i ON i.client_id = :client AND i.id = f.id
    CROSS JOIN jira_projects p ON p.project = i.project_key
   WHERE p.grp IS NOT NULL AND i.deleted_at IS NULL
     AND coalesce(status_class(i.project_key, i.status_id, i.status),
                  i.status_category) = 'done')
SELECT * FROM done WHERE grp IS NOT NULL
