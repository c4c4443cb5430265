-- created_issues - the issues in scope that were created in the window
-- parameter: bug_types = ["Bug", "Defect"] - the types of issues that are bugs
--
-- One row an issue, in the period of its creation; class, what its status now
-- stands for; bug, 1 for one of the types.
--
-- table:
WITH created AS (
  SELECT CASE WHEN :people
              THEN member('jira', i.assignee_id, NULL, i.assignee)
              WHEN :by = 'type' THEN i.issue_type ELSE p.grp END AS grp,
         t.period, i.id AS issue, i.key, i.project_key AS project,
         i.issue_type AS type, i.summary, i.assignee, i.priority, i.status,
         CASE coalesce(status_class(i.project_key, i.status_id, i.status),
                       i.status_category)
           WHEN 'new' THEN 'new' WHEN 'done' THEN 'done'
           ELSE 'indeterminate' END AS class,
         i.issue_type COLLATE NOCASE IN (
           SELECT value FROM json_each(:bug_types)) IS TRUE AS bug,
         i.labels, i.story_points AS points, i.created_at,
         :jira || '/browse/' || i.key AS url
    FROM periods t CROSS JOIN jira_projects p
    CROSS JOIN issues i INDEXED BY issues_created
      ON i.client_id = :client AND i.project_key = p.project
     AND i.created_at >= t.since AND i.created_at < t.until
   WHERE p.grp IS NOT NULL AND i.deleted_at IS NULL)
SELECT * FROM created WHERE grp IS NOT NULL
