-- job_memory - how much memory the runs of a job need
-- unit: bytes
-- counts: runs
-- parts: p95, largest
-- by: job
-- set: jobs 9
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: peak_bytes - of its largest process
--
-- The lower median, in bytes, of the peaks of the runs that ended in the
-- window: the resident memory of a run's largest process.  p95 is the largest
-- whose percent rank is at most 0.95.
--
-- rows:
SELECT grp, period, job, run, ended_at, peak_bytes
  FROM job_runs WHERE peak_bytes IS NOT NULL
-- figures:
WITH peaks AS (
  SELECT grp, period, lower_median(peak_bytes) AS middle,
         percentile(peak_bytes, 0.95) AS p95, max(peak_bytes) AS largest,
         count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, middle AS value, n FROM peaks
UNION ALL
SELECT grp, period, 'p95', p95, n FROM peaks
UNION ALL
SELECT grp, period, 'largest', largest, n FROM peaks
 ORDER BY 1, 2
