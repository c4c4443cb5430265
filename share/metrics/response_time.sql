-- response_time - how long the APIs take to answer a request
-- unit: ms
-- counts: requests
-- parts: p95, slowest
-- by: job
-- set: jobs 6
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: response_ms - the mean of the run's requests
--
-- The mean of all requests of the runs that ended in the window.  A run keeps
-- only the mean of its own, so p95 and slowest tell of the means of runs: the
-- largest whose percent rank is at most 0.95, and the largest of all.
--
-- rows:
SELECT grp, period, job, run, ended_at, requests, response_ms
  FROM job_runs WHERE response_ms IS NOT NULL
-- figures:
WITH means AS (
  SELECT grp, period,
         sum(response_ms * requests) * 1.0 / sum(requests) AS mean,
         percentile(response_ms, 0.95) AS p95, max(response_ms) AS slowest,
         sum(requests) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, mean AS value, n FROM means
UNION ALL
SELECT grp, period, 'p95', p95, n FROM means
UNION ALL
SELECT grp, period, 'slowest', slowest, n FROM means
 ORDER BY 1, 2
