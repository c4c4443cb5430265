-- open_issues - the issues in scope that were not done at the window's end
-- needs: present_statuses
-- parameter: bug_types = ["Bug", "Defect"] - the types of issues that are bugs
--
-- One row an issue, as of :now; class is new or indeterminate, the status the
-- one that it had then.  Everything else is as it is now.
--
-- table:
WITH
-- What moved since had the status that it left first.
later AS MATERIALIZED (
  SELECT issue_id, from_id, from_text
    FROM (SELECT issue_id, from_id, from_text, row_number() OVER (
                   PARTITION BY issue_id
                   ORDER BY changed_at, CAST(history_id AS INTEGER), position)
                   AS place
            FROM issue_changes INDEXED BY issue_changes_status
           WHERE client_id = :client AND field = 'status'
             AND changed_at >= :now)
   WHERE place < 2),
then_in(issue, status_id, status, category) AS (
  SELECT i.id, i.status_id, i.status, i.status_category
    FROM present_statuses s CROSS JOIN issues i INDEXED BY issues_status
      ON i.client_id = :client AND i.project_key = s.project
     AND i.status IS s.status AND i.status_id IS s.status_id
     AND i.deleted_at IS NULL
   WHERE s.class IS NOT 'done'
     AND i.id NOT IN (SELECT issue_id FROM later)
  UNION ALL
  SELECT issue_id, from_id, from_text, NULL FROM later),
open AS (
  SELECT CASE WHEN :people
              THEN member('jira', i.assignee_id, NULL, i.assignee)
              WHEN :by = 'type' THEN i.issue_type ELSE p.grp END AS grp,
         (SELECT max(period) FROM periods) AS period,
         i.id AS issue, i.key, i.project_key AS project,
         i.issue_type AS type, i.summary, i.assignee, i.priority, t.status_id,
         t.status,
         CASE coalesce(status_class(i.project_key, t.status_id, t.status),
                       t.category)
           WHEN 'new' THEN 'new' WHEN 'done' THEN 'done'
           ELSE 'indeterminate' END AS class,
         i.issue_type COLLATE NOCASE IN (
           SELECT value FROM json_each(:bug_types)) IS TRUE AS bug,
         i.story_points AS points, i.created_at,
         :jira || '/browse/' || i.key AS url
    FROM then_in t
    CROSS JOIN issues i ON i.client_id = :client AND i.id = t.issue
    CROSS JOIN jira_projects p ON p.project = i.project_key
   WHERE p.grp IS NOT NULL AND i.deleted_at IS NULL AND i.created_at < :now)
SELECT * FROM open WHERE grp IS NOT NULL AND class <> 'done'
