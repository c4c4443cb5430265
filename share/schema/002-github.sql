-- GitHub.  Where a primary key begins with what rows are looked up by, rather
-- than with their id, that saves an index, half the time of loading a row.
-- The last four columns of a table are the row's standing:
-- deleted_at  when a list first lacked it; NULL: it exists
-- updated_ms, fetched_ms  its version;  digest  of all its values and children

CREATE TABLE repositories (
  client_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  organization TEXT NOT NULL,   -- or user
  repo TEXT NOT NULL,           -- owner/name, as it is called now
  name TEXT,
  owner TEXT,
  private INTEGER,
  archived INTEGER,
  disabled INTEGER,
  fork INTEGER,
  default_branch TEXT,
  language TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  pushed_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX repositories_repo ON repositories (client_id, repo);

CREATE TABLE pull_requests (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,
  source TEXT NOT NULL,
  id INTEGER,
  title TEXT,
  state TEXT,                   -- open, closed, merged
  draft INTEGER,
  author TEXT,                  -- login; NULL: the account is gone
  author_type TEXT,             -- User, Bot
  author_association TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  closed_at INTEGER,
  merged_at INTEGER,
  merged_by TEXT,               -- this and the next four: only when the
  additions INTEGER,            -- single pull request was fetched
  deletions INTEGER,
  changed_files INTEGER,
  commits INTEGER,
  merge_commit_sha TEXT,
  base_ref TEXT,
  base_sha TEXT,
  head_ref TEXT,
  head_sha TEXT,
  head_repo TEXT,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, repo, number, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX pull_requests_merged ON pull_requests (client_id, merged_at)
  WHERE merged_at IS NOT NULL;
CREATE INDEX pull_requests_created ON pull_requests (client_id, created_at);

CREATE TABLE pull_request_labels (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  label TEXT,
  PRIMARY KEY (client_id, repo, number, position, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviews (
  client_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,      -- of the pull request
  author TEXT,
  author_type TEXT,
  state TEXT,                   -- APPROVED, CHANGES_REQUESTED, COMMENTED, …
  commit_sha TEXT,
  submitted_at INTEGER,         -- NULL: pending
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, repo, number, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE pull_request_commits (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,
  sha TEXT NOT NULL,
  source TEXT NOT NULL,
  author TEXT,
  author_name TEXT,
  author_email TEXT,
  authored_at INTEGER,
  committed_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, repo, number, sha, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,             -- i123 in the conversation, r123 on the code
  source TEXT NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER,               -- of the pull request or issue
  author TEXT,
  author_type TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX comments_pull ON comments (client_id, repo, number, created_at);

CREATE TABLE commits (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  sha TEXT NOT NULL,
  source TEXT NOT NULL,
  author TEXT,                  -- login; NULL when no account fits
  author_name TEXT,
  author_email TEXT,
  authored_at INTEGER,
  committer TEXT,
  committed_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, repo, sha, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX commits_committed ON commits (client_id, committed_at);

CREATE TABLE commit_parents (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  sha TEXT NOT NULL,
  position INTEGER NOT NULL,    -- 0: the first parent
  source TEXT NOT NULL,
  parent_sha TEXT NOT NULL,
  PRIMARY KEY (client_id, repo, sha, position, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE deployments (
  client_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  repo TEXT NOT NULL,
  sha TEXT,
  ref TEXT,
  task TEXT,
  environment TEXT,             -- as the API names it
  production_environment INTEGER,
  author TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX deployments_repo
  ON deployments (client_id, repo, environment, created_at);

CREATE TABLE deployment_statuses (
  client_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  repo TEXT NOT NULL,
  deployment_id INTEGER NOT NULL,
  state TEXT,                   -- success, failure, error, inactive, …
  environment TEXT,
  author TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, deployment_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE releases (
  client_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  repo TEXT NOT NULL,
  tag_name TEXT,
  name TEXT,
  target_commitish TEXT,
  sha TEXT,                     -- of the tag, when the fetcher found it
  draft INTEGER,
  prerelease INTEGER,
  author TEXT,
  created_at INTEGER,
  published_at INTEGER,         -- NULL: a draft
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, repo, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE github_issues (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,
  source TEXT NOT NULL,
  id INTEGER,
  title TEXT,
  state TEXT,                   -- open, closed
  state_reason TEXT,
  author TEXT,
  author_type TEXT,
  created_at INTEGER,
  updated_at INTEGER,
  closed_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, repo, number, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX github_issues_created ON github_issues (client_id, created_at);

CREATE TABLE github_issue_labels (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  label TEXT,
  PRIMARY KEY (client_id, repo, number, position, source)
) STRICT, WITHOUT ROWID;

-- Both are written by link-deployments, from the tables above.
CREATE TABLE deployment_commits (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  environment TEXT NOT NULL,
  sha TEXT NOT NULL,
  deployment_id INTEGER NOT NULL, -- behind the key: SQLite 3.40 checks it wrongly
  PRIMARY KEY (client_id, repo, environment, sha)
) STRICT, WITHOUT ROWID;

CREATE TABLE deployment_pull_requests (
  client_id INTEGER NOT NULL,
  repo TEXT NOT NULL,
  number INTEGER NOT NULL,
  environment TEXT NOT NULL,
  deployment_id INTEGER NOT NULL,
  method TEXT NOT NULL,         -- sha: by the commit; time: a guess by time
  PRIMARY KEY (client_id, repo, number, environment)
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_pull_requests_deployment
  ON deployment_pull_requests (client_id, deployment_id, method);
