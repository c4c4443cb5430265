-- present_statuses - the statuses that issues in scope have now
--
-- One row a project, status and its id, each looked up in the index, so that it
-- does not matter how many issues there are.  class: new, indeterminate or
-- done; NULL where nobody knows: then an issue goes by its own category.
--
-- table:
WITH RECURSIVE
named(project, status) AS (
  SELECT p.project,
         (SELECT min(i.status) FROM issues i INDEXED BY issues_status
           WHERE i.client_id = :client AND i.project_key = p.project
             AND i.deleted_at IS NULL)
    FROM jira_projects p WHERE p.grp IS NOT NULL
  UNION ALL
  SELECT m.project,
         (SELECT min(i.status) FROM issues i INDEXED BY issues_status
           WHERE i.client_id = :client AND i.project_key = m.project
             AND i.deleted_at IS NULL AND i.status > m.status)
    FROM named m WHERE m.status IS NOT NULL),
-- The name after the last is NULL, and so is an id after the last: they stand
-- for issues without a status, and for a status without an id.
identified(project, status, status_id) AS (
  SELECT m.project, m.status,
         (SELECT min(i.status_id) FROM issues i INDEXED BY issues_status
           WHERE i.client_id = :client AND i.project_key = m.project
             AND i.status IS m.status AND i.deleted_at IS NULL)
    FROM named m
  UNION ALL
  SELECT d.project, d.status,
         (SELECT min(i.status_id) FROM issues i INDEXED BY issues_status
           WHERE i.client_id = :client AND i.project_key = d.project
             AND i.status IS d.status AND i.deleted_at IS NULL
             AND i.status_id > d.status_id)
    FROM identified d WHERE d.status_id IS NOT NULL)
SELECT project, status, status_id,
       status_class(project, status_id, status) AS class
  FROM identified
