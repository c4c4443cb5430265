-- job_runs - the runs of jobs that ended in the window
--
-- One row a run, from state.db: of the client's jobs and of those of the host
-- (`per: host` in schedule.yaml), which work for every client.  Runs that were
-- started from cron or by hand are among them.  A run belongs to the period in
-- which it ended; those that the schedule's `keep` has removed are gone.
--
-- judged: 0 when a person ended it (stopped, killed), so that it tells nothing
-- of how the job does.  good: it ended well, or in part.  Columns that a job
-- does not report are NULL.
--
-- table:
SELECT CASE :by WHEN 'job' THEN r.job_name ELSE 'all' END AS grp,
       CASE :every WHEN 'day' THEN tz_day(r.ended_ms / 1000, :tz)
                   WHEN 'week' THEN tz_week(r.ended_ms / 1000, :tz)
                   WHEN 'month' THEN tz_month(r.ended_ms / 1000, :tz)
                   ELSE '' END AS period,
       r.job_name AS job, r.folder AS run, r.trigger, r.attempt,
       r.started_ms / 1000 AS started_at, r.ended_ms / 1000 AS ended_at,
       coalesce(r.result, 'failed') AS result,
       coalesce(r.result, 'failed') NOT IN ('stopped', 'killed') AS judged,
       coalesce(r.result, 'failed') IN ('success', 'partial') AS good,
       r.class, r.exit_code, r.cause,
       CASE WHEN r.duration_ms > 0 THEN r.duration_ms / 1000.0 END AS seconds,
       r.records, r.rejected, r.requests, r.bytes,
       CASE WHEN r.requests > 0 THEN r.response_ms END AS response_ms,
       CASE WHEN r.database_ms > 0 THEN r.database_ms / 1000.0 END
         AS database_seconds,
       CASE WHEN r.peak_kb > 0 THEN (r.user_ms + r.system_ms) / 1000.0 END
         AS cpu_seconds,
       CASE WHEN r.peak_kb > 0 THEN r.peak_kb * 1024 END AS peak_bytes
  FROM state.runs r INDEXED BY runs_job
 WHERE r.client_id IN (:client, 0)
   AND r.ended_ms >= :since * 1000 AND r.ended_ms < :until * 1000
 ORDER BY r.ended_ms, r.id
