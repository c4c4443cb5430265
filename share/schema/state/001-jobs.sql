-- state.db: what the scheduler knows of its jobs.  One row a job and client,
-- one a run, one an event.  Only the holder of lock/leader writes.  Columns
-- named _ms are milliseconds, those of a time since 1970 in UTC; NULL: none.
-- pulse-db(5) explains every table.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,        -- gen: random, made here; others are numbers
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('gen', lower(hex(randomblob(8))));

CREATE TABLE jobs (
  client_id INTEGER NOT NULL,   -- 0: a job of the host
  job_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('NOT_STARTED', 'PENDING', 'RUNNING',
                                       'FINISHED', 'ERROR', 'PAUSED')),
  since_ms INTEGER,             -- in this state
  reason TEXT,                  -- why it is in its state, what it waits for
  trigger TEXT,                 -- what asked for the pending or latest run
  want TEXT NOT NULL,           -- what a live run is being asked
  run_id INTEGER,               -- the latest run
  not_before_ms INTEGER,        -- never started before
  not_before_reason TEXT,
  look_at_ms INTEGER,           -- looked at then at the latest
  next_due_ms INTEGER,          -- the next point of its interval
  retry_count INTEGER NOT NULL, -- of this incident
  quota_count INTEGER NOT NULL, -- runs in a row that only met a quota
  start_failures INTEGER NOT NULL,
  orphan_count INTEGER NOT NULL,
  orphan_since_ms INTEGER,
  incident_start_ms INTEGER,
  probes INTEGER NOT NULL,      -- failed ones of this tier
  tier TEXT NOT NULL,           -- how slowly a failing job is tried
  last_result TEXT,
  last_end_ms INTEGER,
  last_success_ms INTEGER,
  missed INTEGER NOT NULL,      -- due points while running or paused
  held_state TEXT,              -- what a PAUSED row goes back to
  held_reason TEXT,
  held_trigger TEXT,
  held_not_before_ms INTEGER,
  held_not_before_reason TEXT,
  forced INTEGER NOT NULL,      -- past dependency, breaker, quota, tier, slot
  second_look INTEGER NOT NULL, -- a refused token is asked about once more
  disabled INTEGER NOT NULL,    -- no longer in the schedule
  epoch INTEGER NOT NULL,       -- +1 at each transition
  PRIMARY KEY (client_id, job_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id INTEGER NOT NULL,
  job_name TEXT NOT NULL,
  own_folder TEXT,              -- of a standalone run
  folder TEXT GENERATED ALWAYS AS
    (coalesce(own_folder, client_id || '.' || job_name || '.' || id)),
  standalone INTEGER NOT NULL,  -- pulse-run from cron or by hand
  trigger TEXT,
  attempt INTEGER NOT NULL,
  started_ms INTEGER,
  ended_ms INTEGER,             -- NULL: not yet, and so is all that follows
  result TEXT,
  exit_code INTEGER,
  class TEXT,                   -- of its failure
  cause TEXT,                   -- the line that decided
  not_before_ms INTEGER,        -- what the server asked for
  how TEXT,                     -- by_itself, timed_out, stopped, drained, killed
  command_started_ms INTEGER,   -- as pulse-run saw it
  command_ended_ms INTEGER,
  duration_ms INTEGER,          -- by a clock that nobody sets
  user_ms INTEGER,              -- CPU, with all its processes
  system_ms INTEGER,
  peak_kb INTEGER,              -- memory of its largest process
  leftovers INTEGER,            -- processes that outlived the command
  records INTEGER,
  rejected INTEGER,
  requests INTEGER,
  bytes INTEGER,
  response_ms INTEGER,          -- mean, of the API
  database_ms INTEGER,          -- what writing to pulse.db took
  stored_cursor INTEGER
) STRICT;
CREATE INDEX runs_job ON runs (client_id, job_name, id);
CREATE UNIQUE INDEX runs_own_folder ON runs (own_folder)
  WHERE own_folder IS NOT NULL;

CREATE TABLE totals (           -- of ended runs that were pruned, so that
  client_id INTEGER NOT NULL,   -- counts never fall
  job_name TEXT NOT NULL,
  result TEXT NOT NULL,
  runs INTEGER NOT NULL,
  records INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  PRIMARY KEY (client_id, job_name, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (           -- the history of every transition
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  client_id INTEGER,            -- NULL: about no job
  job_name TEXT,
  run TEXT,                     -- the folder of a run
  from_state TEXT,              -- NULL: not about a state
  to_state TEXT,
  reason TEXT,
  want TEXT,
  command_id TEXT,
  requested_by TEXT,
  error_class TEXT,
  error_message TEXT,
  next_ms INTEGER               -- when it is tried again
) STRICT;

CREATE TABLE breakers (
  client_id INTEGER NOT NULL,
  integration TEXT NOT NULL,
  state TEXT NOT NULL,          -- closed, open, half_open
  override TEXT NOT NULL,       -- auto, or what an operator said
  failures INTEGER NOT NULL,    -- in a row
  length_ms INTEGER NOT NULL,   -- of the latest opening
  opened_ms INTEGER,
  until_ms INTEGER,
  probe_run_id INTEGER,
  PRIMARY KEY (client_id, integration)
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (         -- those applied, with the answer
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  status INTEGER NOT NULL,      -- as HTTP's
  state TEXT,
  want TEXT,
  reason TEXT,
  run TEXT,
  epoch INTEGER NOT NULL,
  seq INTEGER,                  -- of the event that reports it
  gen TEXT,
  message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_at ON commands (at_ms);

-- For people, Grafana and Datasette: times as ISO 8601 in UTC, durations in
-- seconds.

CREATE VIEW v_job_state AS
SELECT client_id, job_name, state, reason, want,
       strftime('%Y-%m-%dT%H:%M:%SZ', since_ms / 1000, 'unixepoch') AS since,
       (SELECT folder FROM runs WHERE runs.id = run_id) AS run, last_result,
       strftime('%Y-%m-%dT%H:%M:%SZ', last_end_ms / 1000, 'unixepoch')
         AS last_end,
       strftime('%Y-%m-%dT%H:%M:%SZ', last_success_ms / 1000, 'unixepoch')
         AS last_success,
       strftime('%Y-%m-%dT%H:%M:%SZ', next_due_ms / 1000, 'unixepoch')
         AS next_due,
       strftime('%Y-%m-%dT%H:%M:%SZ', not_before_ms / 1000, 'unixepoch')
         AS not_before,
       not_before_reason, retry_count, tier, missed, disabled
  FROM jobs;

-- All runs there have ever been, by how they ended.
CREATE VIEW v_job_totals AS
SELECT client_id, job_name, result, sum(runs) AS runs,
       sum(records) AS records, sum(rejected) AS rejected
  FROM (SELECT client_id, job_name, result, runs, records, rejected
          FROM totals
        UNION ALL
        SELECT client_id, job_name, coalesce(result, 'failed'), 1,
               coalesce(records, 0), coalesce(rejected, 0)
          FROM runs WHERE ended_ms IS NOT NULL)
 GROUP BY 1, 2, 3;

CREATE VIEW v_job_runs AS
SELECT id, folder AS run, client_id, job_name, trigger, attempt, standalone,
       strftime('%Y-%m-%dT%H:%M:%SZ', started_ms / 1000, 'unixepoch')
         AS started,
       strftime('%Y-%m-%dT%H:%M:%SZ', ended_ms / 1000, 'unixepoch') AS ended,
       result, exit_code, class, cause, how, duration_ms / 1000.0 AS seconds,
       records, rejected,
       CASE WHEN duration_ms > 0
            THEN round(records * 60000.0 / duration_ms, 1) END
         AS records_per_minute,
       requests, bytes, response_ms, database_ms,
       (user_ms + system_ms) / 1000.0 AS cpu_seconds,
       round(peak_kb / 1024.0, 1) AS peak_mb
  FROM runs;

CREATE VIEW v_job_events AS
SELECT seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at,
       type, client_id, job_name, run, from_state, to_state, reason, want,
       requested_by, error_class, error_message,
       strftime('%Y-%m-%dT%H:%M:%SZ', next_ms / 1000, 'unixepoch') AS next
  FROM events;
