-- What load keeps about its own work: cursors, batches, failures, lists of
-- keys, quality.  Times are seconds since 1970 in UTC, columns named _ms are
-- milliseconds.  pulse-db(5) explains every table.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,        -- data_version: grows with every change
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('data_version', 0);

CREATE TABLE job_checkpoints (
  id INTEGER PRIMARY KEY,       -- the greatest of a (client, job, scope) rules
  job_name TEXT NOT NULL,
  client_id INTEGER NOT NULL,
  scope TEXT NOT NULL,
  checkpoint_data TEXT,         -- the fetcher's cursor, byte for byte
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX job_checkpoints_scope
  ON job_checkpoints (client_id, job_name, scope, id);

CREATE TABLE scopes (           -- how far each scope has come: the data of a
  client_id INTEGER NOT NULL,   -- scope are as of reached_at
  job_name TEXT NOT NULL,
  scope TEXT NOT NULL,
  reached_at INTEGER NOT NULL,
  reached_ms INTEGER NOT NULL,
  PRIMARY KEY (client_id, job_name, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE loads (
  put TEXT NOT NULL,            -- one run of spool-put
  part INTEGER NOT NULL,        -- its batches, from 1
  loaded_at INTEGER NOT NULL,
  PRIMARY KEY (put, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE failures (
  client_id INTEGER NOT NULL,
  job_name TEXT NOT NULL,
  scope TEXT NOT NULL,
  entity TEXT NOT NULL,         -- record type, '' for a whole scope
  key TEXT NOT NULL,            -- '' for a whole scope or list
  class TEXT,                   -- of the latest failure, as the next three
  http INTEGER,
  reason TEXT,
  not_before INTEGER,
  failed_at INTEGER,            -- the latest failure
  resolved_at INTEGER,          -- NULL: open
  attempts INTEGER NOT NULL,    -- failures since the last resolution
  failed_ms INTEGER NOT NULL,
  resolved_ms INTEGER NOT NULL,
  times TEXT NOT NULL,          -- JSON: the latest failures in ms, at most 32
  PRIMARY KEY (client_id, job_name, scope, entity, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE key_lists (        -- what keys lines said, see pulse-db(5)
  client_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  type TEXT NOT NULL,
  scope TEXT NOT NULL,
  parent TEXT NOT NULL,         -- '' for a whole scope
  times TEXT NOT NULL,          -- JSON: when lists were taken, in ms
  present TEXT NOT NULL,        -- JSON: the keys of the latest list
  gone TEXT NOT NULL,           -- JSON: key to the last list that had it
  PRIMARY KEY (client_id, type, scope, parent, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE repository_names ( -- which repository bore which name
  client_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  repo TEXT NOT NULL,
  id INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,    -- first seen with that name
  PRIMARY KEY (client_id, source, repo, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE touched (          -- repositories to relink; link-deployments
  client_id INTEGER NOT NULL,   -- deletes the row when it has
  repo TEXT NOT NULL,
  PRIMARY KEY (client_id, repo)
) STRICT, WITHOUT ROWID;

CREATE TABLE data_quality (
  batch TEXT NOT NULL,          -- put and part, or the time without a batch
  client_id INTEGER NOT NULL,
  record_type TEXT NOT NULL,
  checked_at INTEGER NOT NULL,
  checked INTEGER NOT NULL,
  passed INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  completeness REAL,
  accuracy REAL,
  consistency REAL,
  timeliness REAL,
  rules TEXT,                   -- JSON: rule to the number of records broken
  PRIMARY KEY (batch, client_id, record_type)
) STRICT, WITHOUT ROWID;
