-- quality_checks - what was checked about all stored rows, and what broke it
-- parameter: fresh = "1d" - how old the data of a scope may be
--
-- One row a check, record type and scope (repository or project): checked, how
-- many were asked; bad, how many of them broke it; keys, a JSON array of those.
-- What hangs on another record is asked once for that: reviews and commits for
-- their pull request, statuses for their deployment, changes for their issue.
-- Each table is read once, in the order of its key where it is big.
--
-- table:
WITH
places(scope) AS (
  SELECT repo FROM repos WHERE grp IS NULL
  UNION ALL SELECT project FROM jira_projects WHERE grp IS NULL),
-- Each row of these: type, scope, rows, and a list of [part, check, keys].
pulls AS (
  SELECT 'github_pr' AS type, repo AS scope, count(*) AS checked, json_array(
    json_array('completeness', 'no author', json_group_array(number)
      FILTER (WHERE author IS NULL)),
    json_array('completeness', 'merged without a commit',
      json_group_array(number)
      FILTER (WHERE merged_at IS NOT NULL AND merge_commit_sha IS NULL)),
    json_array('consistency', 'merged without a time', json_group_array(number)
      FILTER (WHERE state = 'merged' AND merged_at IS NULL)),
    json_array('consistency', 'merged before created', json_group_array(number)
      FILTER (WHERE merged_at < created_at)),
    json_array('consistency', 'closed before created', json_group_array(number)
      FILTER (WHERE closed_at < created_at)),
    json_array('consistency', 'updated before created',
      json_group_array(number) FILTER (WHERE updated_at < created_at)))
      AS checks
    FROM pull_requests WHERE client_id = :client AND deleted_at IS NULL
   GROUP BY repo),
reviews_of AS MATERIALIZED (
  SELECT r.repo, r.number, sum(r.author IS NULL) AS nobody,
         NOT EXISTS (SELECT 1 FROM pull_requests q
                      WHERE q.client_id = :client AND q.repo = r.repo
                        AND q.number = r.number) AS orphan
    FROM reviews r WHERE r.client_id = :client AND r.deleted_at IS NULL
   GROUP BY r.repo, r.number),
reviewed AS (
  SELECT 'github_review', repo, count(*), json_array(
    json_array('consistency', 'review without pull request',
      json_group_array(number) FILTER (WHERE orphan)),
    json_array('completeness', 'no author', json_group_array(number)
      FILTER (WHERE nobody > 0)))
    FROM reviews_of GROUP BY repo),
commits_of AS MATERIALIZED (
  SELECT c.repo, c.number,
         NOT EXISTS (SELECT 1 FROM pull_requests q
                      WHERE q.client_id = :client AND q.repo = c.repo
                        AND q.number = c.number) AS orphan
    FROM pull_request_commits c
   WHERE c.client_id = :client AND c.deleted_at IS NULL
   GROUP BY c.repo, c.number),
committed AS (
  SELECT 'github_pr_commit', repo, count(*), json_array(
    json_array('consistency', 'commits without pull request',
      json_group_array(number) FILTER (WHERE orphan)))
    FROM commits_of GROUP BY repo),
deployed AS (
  SELECT 'github_deployment', d.repo, count(*), json_array(
    json_array('completeness', 'no commit', json_group_array(d.id)
      FILTER (WHERE d.sha IS NULL)),
    json_array('consistency', 'finished before it started',
      json_group_array(d.id) FILTER (WHERE EXISTS (
        SELECT 1 FROM deployment_statuses s
         WHERE s.client_id = :client AND s.deployment_id = d.id
           AND s.deleted_at IS NULL AND s.created_at < d.created_at))),
    json_array('consistency', 'repository unknown', json_group_array(d.id)
      FILTER (WHERE d.repo NOT IN (
        SELECT r.repo FROM repositories r WHERE r.client_id = :client))))
    FROM deployments d INDEXED BY deployments_repo
   WHERE d.client_id = :client AND d.deleted_at IS NULL GROUP BY d.repo),
statuses_of AS (
  SELECT 'github_deployment_status', s.repo, count(*), json_array(
    json_array('consistency', 'status without deployment',
      json_group_array(s.deployment_id) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM deployments d
         WHERE d.client_id = :client AND d.id = s.deployment_id))))
    FROM (SELECT DISTINCT repo, deployment_id FROM deployment_statuses
           WHERE client_id = :client AND deleted_at IS NULL) s
   GROUP BY s.repo),
answered AS (
  SELECT 'github_issue', repo, count(*), json_array(
    json_array('consistency', 'closed before created',
      json_group_array(number) FILTER (WHERE closed_at < created_at)))
    FROM github_issues WHERE client_id = :client AND deleted_at IS NULL
   GROUP BY repo),
issued AS (
  SELECT 'jira_issue', i.project_key, count(*), json_array(
    json_array('completeness', 'no type', json_group_array(i.key)
      FILTER (WHERE i.issue_type IS NULL)),
    json_array('completeness', 'no status', json_group_array(i.key)
      FILTER (WHERE i.status IS NULL)),
    json_array('completeness', 'no reporter', json_group_array(i.key)
      FILTER (WHERE i.reporter IS NULL AND i.reporter_id IS NULL)),
    json_array('consistency', 'project unknown', json_group_array(i.key)
      FILTER (WHERE i.project_key NOT IN (
        SELECT j.key FROM projects j
         WHERE j.client_id = :client AND j.key IS NOT NULL))),
    json_array('consistency', 'status unknown', json_group_array(i.key)
      FILTER (WHERE i.status IS NOT NULL
        AND status_class(i.project_key, i.status_id, i.status) IS NULL)),
    json_array('consistency', 'parent unknown', json_group_array(i.key)
      FILTER (WHERE i.parent_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM issues n
         WHERE n.client_id = :client AND n.id = i.parent_id))),
    json_array('consistency', 'resolved before created',
      json_group_array(i.key) FILTER (WHERE i.resolutiondate < i.created_at)),
    json_array('consistency', 'updated before created',
      json_group_array(i.key) FILTER (WHERE i.updated_at < i.created_at)))
    FROM issues i WHERE i.client_id = :client AND i.deleted_at IS NULL
   GROUP BY i.project_key),
changed AS (
  SELECT 'jira_change', '', count(*), json_array(
    json_array('consistency', 'changes of an unknown issue',
      json_group_array(h.issue_id) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM issues i
         WHERE i.client_id = :client AND i.id = h.issue_id))))
    FROM (SELECT DISTINCT issue_id FROM issue_histories
           WHERE client_id = :client AND deleted_at IS NULL) h),
sprinted AS (
  SELECT 'jira_sprint', coalesce(b.project_key, ''), count(*), json_array(
    json_array('completeness', 'started without a time',
      json_group_array(s.id)
      FILTER (WHERE s.state <> 'future' AND s.started_at IS NULL)),
    json_array('completeness', 'closed without a time', json_group_array(s.id)
      FILTER (WHERE s.state = 'closed' AND s.completed_at IS NULL)),
    json_array('consistency', 'ended before it started',
      json_group_array(s.id) FILTER (WHERE s.completed_at < s.started_at
        OR s.ends_at < s.started_at)))
    FROM sprints s
    LEFT JOIN boards b ON b.client_id = s.client_id AND b.id = s.board_id
   WHERE s.client_id = :client AND s.deleted_at IS NULL
   GROUP BY coalesce(b.project_key, '')),
placed AS (
  SELECT 'jira_sprint', '', count(*), json_array(
    json_array('consistency', 'issues in an unknown sprint',
      json_group_array(sprint_id) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM sprints s
         WHERE s.client_id = :client AND s.id = p.sprint_id))))
    FROM (SELECT DISTINCT sprint_id
            FROM issue_sprints INDEXED BY issue_sprints_sprint
           WHERE client_id = :client) p),
stored AS (
  SELECT * FROM pulls UNION ALL SELECT * FROM reviewed
  UNION ALL SELECT * FROM committed UNION ALL SELECT * FROM deployed
  UNION ALL SELECT * FROM statuses_of UNION ALL SELECT * FROM answered
  UNION ALL SELECT * FROM issued UNION ALL SELECT * FROM changed
  UNION ALL SELECT * FROM sprinted UNION ALL SELECT * FROM placed),
-- What validate found in the batches of the window.
batches AS MATERIALIZED (
  SELECT * FROM data_quality
   WHERE client_id = :client AND checked_at >= :since AND checked_at < :until),
judged(part, type, scope, name, checked, bad, keys) AS (
  SELECT c.value ->> 0, s.type, s.scope, c.value ->> 1, s.checked,
         json_array_length(c.value, '$[2]'), c.value -> 2
    FROM stored s CROSS JOIN json_each(s.checks) c
   WHERE s.checked > 0
  UNION ALL
  SELECT 'completeness', record_type, '', 'wanted fields are there',
         sum(checked), sum(checked * (1 - completeness)), '[]'
    FROM batches WHERE completeness IS NOT NULL GROUP BY record_type
  UNION ALL
  SELECT 'accuracy', record_type, '', 'rejected by validate', sum(checked),
         sum(rejected), '[]'
    FROM batches GROUP BY record_type
  UNION ALL
  SELECT NULL, b.record_type, '', 'rule ' || r.key, sum(b.checked),
         sum(r.value), '[]'
    FROM batches b CROSS JOIN json_each(b.rules) r
   GROUP BY b.record_type, r.key
  UNION ALL
  SELECT 'timeliness', job_name, scope, 'fetched lately', 1,
         reached_at < :now - seconds(:fresh),
         iif(reached_at < :now - seconds(:fresh), json_array(scope), '[]')
    FROM scopes WHERE client_id = :client)
SELECT CASE :by WHEN 'type' THEN type
                WHEN 'repo' THEN iif(type LIKE 'github%', scope, NULL)
                WHEN 'project' THEN iif(type LIKE 'jira%', scope, NULL)
                ELSE 'all' END AS grp, *
  FROM judged WHERE scope NOT IN (SELECT scope FROM places)
