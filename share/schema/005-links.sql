-- What link-deployments keeps about its own work, and how deployments ended,
-- which it and the metrics read.

CREATE TABLE linked_repos (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  settings TEXT NOT NULL,       -- what pulse.yaml said when it was linked
  PRIMARY KEY (client_id, repo)
) STRICT, WITHOUT ROWID;

-- One row a deployment, and one a release of a repository that has none
-- (kind).  result: success, failure, NULL while there is none.
--   success: it has a success status, also when it turned inactive later; or
--     nothing but inactive and active ones
--   failure: a failure or an error and no success
--   finished_at: its first success, else its last failure or error, else
--     updated_at
CREATE VIEW deployment_results AS
SELECT client_id, repo, environment, id, kind, sha, started_at,
       coalesce(succeeded, failed, updated_at) AS finished_at,
       CASE WHEN succeeded IS NOT NULL THEN 'success'
            WHEN failed IS NOT NULL THEN 'failure'
            WHEN others = 0 THEN 'success' END AS result
  FROM (SELECT d.client_id, d.repo, coalesce(d.environment, '') AS environment,
               d.id, 'deployment' AS kind, d.sha, d.created_at AS started_at,
               d.updated_at,
               (SELECT min(s.created_at) FROM deployment_statuses s
                 WHERE s.client_id = d.client_id AND s.deployment_id = d.id
                   AND s.state = 'success' AND s.deleted_at IS NULL)
                 AS succeeded,
               (SELECT max(s.created_at) FROM deployment_statuses s
                 WHERE s.client_id = d.client_id AND s.deployment_id = d.id
                   AND s.state IN ('failure', 'error')
                   AND s.deleted_at IS NULL) AS failed,
               (SELECT sum(s.state NOT IN ('inactive', 'active'))
                  FROM deployment_statuses s
                 WHERE s.client_id = d.client_id AND s.deployment_id = d.id
                   AND s.deleted_at IS NULL) AS others
          FROM deployments d INDEXED BY deployments_repo
         WHERE d.deleted_at IS NULL)
UNION ALL
SELECT r.client_id, r.repo, 'release', r.id, 'release', r.sha, r.created_at,
       r.published_at, 'success'
  FROM releases r
 WHERE r.published_at IS NOT NULL AND r.deleted_at IS NULL
   AND coalesce(r.draft, 0) = 0 AND coalesce(r.prerelease, 0) = 0
   AND NOT EXISTS (SELECT 1 FROM deployments d
                   INDEXED BY deployments_repo
                    WHERE d.client_id = r.client_id AND d.repo = r.repo
                      AND d.deleted_at IS NULL);

-- Incidents are few among the issues, and named by type or label in any case.
CREATE INDEX issues_type
  ON issues (client_id, issue_type COLLATE NOCASE, created_at);
CREATE INDEX github_issue_labels_label
  ON github_issue_labels (client_id, label COLLATE NOCASE, repo, number);
