-- api_requests - how many requests the jobs sent to the APIs
-- unit: count
-- counts: runs
-- parts: bytes
-- by: job
-- set: jobs 5
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: requests - how many it sent
-- columns: bytes - what came back
--
-- All requests of the runs that ended in the window; bytes is what came back.
-- Runs that asked no API are left out.
--
-- rows:
SELECT grp, period, job, run, ended_at, result, requests, bytes, response_ms
  FROM job_runs WHERE requests > 0
-- figures:
WITH sums AS (
  SELECT grp, period, sum(requests) AS requests, sum(bytes) AS bytes,
         count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, requests AS value, n, NULL AS unit FROM sums
UNION ALL
SELECT grp, period, 'bytes', bytes, n, 'bytes' FROM sums
 ORDER BY 1, 2
