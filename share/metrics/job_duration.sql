-- job_duration - how long the runs of a job take
-- unit: s
-- counts: runs
-- parts: p95, longest
-- by: job
-- set: jobs 1
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: seconds - how long it took, by a clock that nobody sets
--
-- The lower median, in seconds, of all runs that ended in the window and had
-- begun to run, also those that failed, as pulse-status --stats counts them.
-- p95 is the largest duration whose percent rank is at most 0.95.
--
-- rows:
SELECT grp, period, job, run, started_at, ended_at, result, seconds
  FROM job_runs WHERE seconds IS NOT NULL
-- figures:
WITH spans AS (
  SELECT grp, period, lower_median(seconds) AS middle,
         percentile(seconds, 0.95) AS p95, max(seconds) AS longest,
         count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, middle AS value, n FROM spans
UNION ALL
SELECT grp, period, 'p95', p95, n FROM spans
UNION ALL
SELECT grp, period, 'longest', longest, n FROM spans
 ORDER BY 1, 2
