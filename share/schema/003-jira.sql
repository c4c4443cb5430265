-- Jira.  Ids are text, as Jira sends them.

CREATE TABLE projects (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  key TEXT,
  name TEXT,
  project_type TEXT,            -- software, service_desk, business
  style TEXT,                   -- classic, next-gen
  category TEXT,
  lead TEXT,
  lead_id TEXT,
  archived INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE issues (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  project_key TEXT NOT NULL,    -- the project it is in now
  project_id TEXT,
  key TEXT,                     -- PAY-12; a move changes it
  summary TEXT,
  issue_type TEXT,
  issue_type_id TEXT,
  subtask INTEGER,
  status TEXT,
  status_id TEXT,
  status_category TEXT,         -- new, indeterminate, done, undefined
  status_changed_at INTEGER,    -- entered that category
  priority TEXT,
  resolution TEXT,
  resolutiondate INTEGER,
  assignee TEXT,
  assignee_id TEXT,
  reporter TEXT,
  reporter_id TEXT,
  parent_id TEXT,
  parent_key TEXT,
  story_points REAL,
  labels TEXT,                  -- JSON array of strings
  due_date INTEGER,
  created_at INTEGER,
  updated_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX issues_created ON issues (client_id, project_key, created_at);
CREATE INDEX issues_resolved ON issues (client_id, project_key, resolutiondate)
  WHERE resolutiondate IS NOT NULL;
CREATE INDEX issues_key ON issues (client_id, key);

CREATE TABLE issue_versions (   -- "affects versions"
  client_id INTEGER NOT NULL,
  issue_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  version TEXT,
  PRIMARY KEY (client_id, issue_id, position, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_components (
  client_id INTEGER NOT NULL,
  issue_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  component TEXT,
  PRIMARY KEY (client_id, issue_id, position, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_histories (  -- one edit of an issue; its rows in
  client_id INTEGER NOT NULL,   -- issue_changes come and go with it
  issue_id TEXT NOT NULL,
  history_id TEXT NOT NULL,
  source TEXT NOT NULL,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, issue_id, history_id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_changes (    -- one changed field
  client_id INTEGER NOT NULL,
  issue_id TEXT NOT NULL,
  history_id TEXT NOT NULL,
  position INTEGER NOT NULL,    -- within the edit
  source TEXT NOT NULL,
  changed_at INTEGER,
  author TEXT,
  author_id TEXT,
  field TEXT,                   -- its name, such as status or Sprint
  field_id TEXT,                -- NULL on old Data Center
  from_id TEXT,
  from_text TEXT,
  to_id TEXT,
  to_text TEXT,
  PRIMARY KEY (client_id, issue_id, history_id, position, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_changes_field
  ON issue_changes (client_id, field, issue_id, changed_at);

CREATE TABLE boards (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT,
  board_type TEXT,              -- scrum, kanban, simple
  project_key TEXT,
  project_id TEXT,
  filter_id TEXT,
  estimation_field TEXT,
  board_columns TEXT,           -- JSON: [{name, statuses: [{id}]}] in order
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE sprints (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT,
  state TEXT,                   -- future, active, closed
  goal TEXT,
  board_id TEXT,                -- where it was made
  started_at INTEGER,
  ends_at INTEGER,              -- as planned
  completed_at INTEGER,         -- as it was
  created_at INTEGER,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_sprints (    -- the sprints an issue is in now or was in
  client_id INTEGER NOT NULL,
  issue_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  sprint_id TEXT,
  PRIMARY KEY (client_id, issue_id, position, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_sprints_sprint ON issue_sprints (client_id, sprint_id);

CREATE TABLE statuses (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT,
  category TEXT,                -- new, indeterminate, done, undefined
  project_id TEXT,              -- of a team-managed project's own status
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflows (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT,
  description TEXT,
  statuses TEXT,                -- JSON, as the API has them
  transitions TEXT,             -- JSON, likewise
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,             -- accountId; key on Data Center
  source TEXT NOT NULL,
  name TEXT,                    -- as displayed
  email TEXT,
  account_type TEXT,            -- atlassian, app, customer
  active INTEGER,
  time_zone TEXT,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE fields (
  client_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  name TEXT,
  custom INTEGER,
  schema_type TEXT,
  schema_custom TEXT,
  deleted_at INTEGER,
  updated_ms INTEGER NOT NULL,
  fetched_ms INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (client_id, id, source)
) STRICT, WITHOUT ROWID;
