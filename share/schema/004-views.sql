-- Views for people: times as ISO 8601 in UTC, names joined, deleted rows
-- hidden.  Programs read the tables.

CREATE VIEW v_repositories AS
SELECT client_id, repo, organization, default_branch, language, private,
       archived, fork, strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%SZ', pushed_at, 'unixepoch') AS pushed
  FROM repositories WHERE deleted_at IS NULL;

CREATE VIEW v_pull_requests AS
SELECT p.client_id, p.repo, p.number, p.title, p.state, p.draft, p.author,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.created_at, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.merged_at, 'unixepoch') AS merged,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.closed_at, 'unixepoch') AS closed,
       p.base_ref, p.head_ref, p.merge_commit_sha,
       (SELECT group_concat(l.label, ', ') FROM pull_request_labels l
         WHERE l.client_id = p.client_id AND l.repo = p.repo
           AND l.number = p.number) AS labels,
       (SELECT count(*) FROM reviews r
         WHERE r.client_id = p.client_id AND r.repo = p.repo
           AND r.number = p.number AND r.deleted_at IS NULL) AS reviews,
       (SELECT count(*) FROM pull_request_commits c
         WHERE c.client_id = p.client_id AND c.repo = p.repo
           AND c.number = p.number AND c.deleted_at IS NULL) AS commits
  FROM pull_requests p WHERE p.deleted_at IS NULL;

CREATE VIEW v_reviews AS
SELECT r.client_id, r.repo, r.number, p.title, r.author AS reviewer,
       p.author, r.state,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.submitted_at, 'unixepoch')
         AS submitted
  FROM reviews r
  LEFT JOIN pull_requests p ON p.client_id = r.client_id
        AND p.repo = r.repo AND p.number = r.number
 WHERE r.deleted_at IS NULL AND p.deleted_at IS NULL;

CREATE VIEW v_commits AS
SELECT client_id, repo, sha, coalesce(author, author_name) AS author,
       strftime('%Y-%m-%dT%H:%M:%SZ', authored_at, 'unixepoch') AS authored,
       strftime('%Y-%m-%dT%H:%M:%SZ', committed_at, 'unixepoch') AS committed
  FROM commits WHERE deleted_at IS NULL;

-- result: success, failure, or NULL while there is none; finished: when.
CREATE VIEW v_deployments AS
WITH results AS (
  SELECT client_id, deployment_id,
         min(created_at) FILTER (WHERE state = 'success') AS succeeded,
         max(created_at) FILTER (WHERE state IN ('failure', 'error'))
           AS failed,
         sum(state NOT IN ('inactive', 'active')) AS others
    FROM deployment_statuses WHERE deleted_at IS NULL
   GROUP BY client_id, deployment_id)
SELECT d.client_id, d.repo, d.environment, d.id, d.sha, d.ref, d.author,
       CASE WHEN r.succeeded IS NOT NULL THEN 'success'
            WHEN r.failed IS NOT NULL THEN 'failure'
            WHEN r.others = 0 THEN 'success' END AS result,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.created_at, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(r.succeeded, r.failed,
         CASE WHEN r.others = 0 THEN d.updated_at END), 'unixepoch')
         AS finished
  FROM deployments d
  LEFT JOIN results r ON r.client_id = d.client_id
        AND r.deployment_id = d.id
 WHERE d.deleted_at IS NULL;

CREATE VIEW v_releases AS
SELECT client_id, repo, tag_name, name, draft, prerelease, author, sha,
       strftime('%Y-%m-%dT%H:%M:%SZ', published_at, 'unixepoch') AS published
  FROM releases WHERE deleted_at IS NULL;

CREATE VIEW v_issues AS
SELECT i.client_id, i.key, i.project_key, p.name AS project, i.issue_type,
       i.summary, i.status, i.status_category, i.priority, i.resolution,
       i.assignee, i.reporter, i.parent_key, i.story_points,
       (SELECT group_concat(coalesce(s.name, t.sprint_id), ', ')
          FROM issue_sprints t
          LEFT JOIN sprints s ON s.client_id = t.client_id
                AND s.id = t.sprint_id
         WHERE t.client_id = i.client_id AND t.issue_id = i.id) AS sprints,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.created_at, 'unixepoch') AS created,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.updated_at, 'unixepoch') AS updated,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.resolutiondate, 'unixepoch')
         AS resolved
  FROM issues i
  LEFT JOIN projects p ON p.client_id = i.client_id AND p.key = i.project_key
        AND p.deleted_at IS NULL
 WHERE i.deleted_at IS NULL;

CREATE VIEW v_issue_changes AS
SELECT c.client_id, i.key, c.field, c.from_text, c.to_text, c.author,
       strftime('%Y-%m-%dT%H:%M:%SZ', c.changed_at, 'unixepoch') AS changed
  FROM issue_changes c
  JOIN issues i ON i.client_id = c.client_id AND i.id = c.issue_id
 WHERE i.deleted_at IS NULL;

CREATE VIEW v_sprints AS
SELECT s.client_id, s.id, s.name, s.state, b.name AS board, b.project_key,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.started_at, 'unixepoch') AS started,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.ends_at, 'unixepoch') AS planned_end,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.completed_at, 'unixepoch')
         AS completed
  FROM sprints s
  LEFT JOIN boards b ON b.client_id = s.client_id AND b.id = s.board_id
        AND b.deleted_at IS NULL
 WHERE s.deleted_at IS NULL;

CREATE VIEW v_failures AS
SELECT client_id, job_name, scope, nullif(entity, '') AS entity,
       nullif(key, '') AS key, class, http, reason, attempts,
       strftime('%Y-%m-%dT%H:%M:%SZ', failed_at, 'unixepoch') AS failed,
       strftime('%Y-%m-%dT%H:%M:%SZ', not_before, 'unixepoch') AS not_before
  FROM failures WHERE resolved_at IS NULL;

-- The cursor of each scope: the latest line of its history.
CREATE VIEW v_checkpoints AS
SELECT client_id, job_name, scope, checkpoint_data,
       strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch') AS created,
       created_at
  FROM job_checkpoints c
 WHERE id = (SELECT max(id) FROM job_checkpoints n
              WHERE n.client_id = c.client_id AND n.job_name = c.job_name
                AND n.scope = c.scope);
