-- job_cpu_time - how much processor time the runs of a job use
-- unit: s
-- counts: runs
-- parts: p95, total
-- by: job
-- set: jobs 8
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: cpu_seconds - of all its processes, in user and kernel mode
--
-- The lower median, in seconds, of the runs that ended in the window; p95 is
-- the largest whose percent rank is at most 0.95, total the sum.
--
-- rows:
SELECT grp, period, job, run, ended_at, seconds, cpu_seconds
  FROM job_runs WHERE cpu_seconds IS NOT NULL
-- figures:
WITH spans AS (
  SELECT grp, period, lower_median(cpu_seconds) AS middle,
         percentile(cpu_seconds, 0.95) AS p95, sum(cpu_seconds) AS total,
         count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, middle AS value, n FROM spans
UNION ALL
SELECT grp, period, 'p95', p95, n FROM spans
UNION ALL
SELECT grp, period, 'total', total, n FROM spans
 ORDER BY 1, 2
