-- stored - how many records of each type are in the database
-- unit: rows
-- counts: records
-- every: none
-- parts: repositories, pull_requests, reviews, comments, commits, deployments, releases, github_issues, projects, issues, issue_changes, sprints
-- peers: none; what load(1) put in
-- columns: type, count - as the parts are called, and how many
--
-- What load(1) stored of this client and GitHub and Jira still have: rows with
-- a deleted_at are not counted.  issue_changes are changed fields.  The window
-- and the scope do not matter, and there is nothing to group by.
--
-- rows:
SELECT 'all' AS grp, '' AS period, 'repositories' AS type, count(*) AS count
  FROM repositories WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'pull_requests', count(*)
  FROM pull_requests WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'reviews', count(*)
  FROM reviews WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'comments', count(*)
  FROM comments WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'commits', count(*)
  FROM commits WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'deployments', count(*)
  FROM deployments WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'releases', count(*)
  FROM releases WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'github_issues', count(*)
  FROM github_issues WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'projects', count(*)
  FROM projects WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'issues', count(*)
  FROM issues WHERE client_id = :client AND deleted_at IS NULL
UNION ALL SELECT 'all', '', 'issue_changes', count(*)
  FROM issue_changes WHERE client_id = :client
UNION ALL SELECT 'all', '', 'sprints', count(*)
  FROM sprints WHERE client_id = :client AND deleted_at IS NULL
-- figures:
SELECT grp, period, NULL AS part, sum(count) AS value, sum(count) AS n
  FROM figure_rows
UNION ALL SELECT grp, period, type, count, count FROM figure_rows
