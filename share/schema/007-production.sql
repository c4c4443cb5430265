-- How deployments to production ended, and which of them caused an incident:
-- both written by link-deployments and read by the metrics.

-- Deployments to production that succeeded or failed, and releases where they
-- stand in for them.
CREATE TABLE production_deployments (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  id INTEGER NOT NULL,          -- of the deployment or release
  kind TEXT NOT NULL,           -- deployment, release
  service TEXT,                 -- of pulse.yaml; NULL: it belongs to none
  environment TEXT NOT NULL,    -- as the API names it; release
  sha TEXT,
  started_at INTEGER,
  finished_at INTEGER NOT NULL, -- first success, or last failure or error
  result TEXT NOT NULL,         -- success, failure
  rework TEXT,                  -- of a success: pattern, rollback; NULL: none
  PRIMARY KEY (client_id, repo, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX production_deployments_finished
  ON production_deployments (client_id, finished_at, id);
CREATE INDEX production_deployments_service
  ON production_deployments (client_id, service, finished_at, id)
  WHERE result = 'success';

CREATE TABLE production_incidents (
  client_id INTEGER NOT NULL,
  source TEXT NOT NULL,         -- jira, github
  scope TEXT NOT NULL,          -- project, repository
  id TEXT NOT NULL,             -- of the Jira issue; number of the GitHub issue
  key TEXT NOT NULL,            -- PAY-12, acme/api#12
  service TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  resolved_at INTEGER,          -- NULL: open
  deployment_repo TEXT,         -- what it is blamed on: its service's last
  deployment_id INTEGER,        -- success that finished before; NULL: none
  PRIMARY KEY (client_id, source, scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX production_incidents_created
  ON production_incidents (client_id, created_at);
CREATE INDEX production_incidents_resolved
  ON production_incidents (client_id, resolved_at)
  WHERE resolved_at IS NOT NULL;
CREATE INDEX production_incidents_deployment
  ON production_incidents (client_id, deployment_repo, deployment_id)
  WHERE deployment_id IS NOT NULL;

-- A digest of the repository's rows in deployment_commits: what did not change
-- need not be compared.  NULL: not known, so they are.
ALTER TABLE linked_repos ADD COLUMN digest INTEGER;

-- Few are, so to know which costs nothing.
CREATE INDEX commits_deleted ON commits (client_id, repo, sha)
  WHERE deleted_at IS NOT NULL;

-- production_deployments says it for programs, v_deployments for people.
DROP VIEW deployment_results;
