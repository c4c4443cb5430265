-- job_rate - how many records a job brings a minute
-- unit: records_per_min
-- counts: runs
-- parts: records, rejected
-- by: job
-- set: jobs 2
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: records - how many its fetch printed
-- columns: rejected - those of them that validate refused
--
-- All records of the runs that ended in the window, divided by the minutes
-- that these ran.  Runs without a record are left out: they had nothing to
-- bring, or the job brings none.  Records are those that a fetch printed;
-- rejected are those among them that validate refused.
--
-- rows:
SELECT grp, period, job, run, ended_at, result, records, rejected, seconds
  FROM job_runs WHERE records > 0 AND seconds IS NOT NULL
-- figures:
WITH sums AS (
  SELECT grp, period, sum(records) AS records, sum(rejected) AS rejected,
         sum(seconds) AS seconds, count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, records * 60.0 / seconds AS value, n,
       NULL AS unit
  FROM sums
UNION ALL
SELECT grp, period, 'records', records, n, 'count' FROM sums
UNION ALL
SELECT grp, period, 'rejected', rejected, n, 'count' FROM sums
 ORDER BY 1, 2
