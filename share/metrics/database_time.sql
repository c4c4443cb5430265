-- database_time - how long a run writes to the database
-- unit: s
-- counts: runs
-- parts: p95, share
-- by: job
-- set: jobs 7
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: database_seconds - what its statements and commits took
--
-- The lower median, in seconds, of what statements and commits took in the
-- runs that ended in the window and wrote to pulse.db.  p95 is the largest
-- whose percent rank is at most 0.95, share the part of these runs' time that
-- it is.
--
-- rows:
SELECT grp, period, job, run, ended_at, seconds, database_seconds
  FROM job_runs WHERE database_seconds IS NOT NULL
-- figures:
WITH spans AS (
  SELECT grp, period, lower_median(database_seconds) AS middle,
         percentile(database_seconds, 0.95) AS p95,
         sum(database_seconds) FILTER (WHERE seconds IS NOT NULL)
           / sum(seconds) AS share,
         count(*) AS n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, middle AS value, n, NULL AS unit FROM spans
UNION ALL
SELECT grp, period, 'p95', p95, n, NULL FROM spans
UNION ALL
SELECT grp, period, 'share', share, n, 'ratio' FROM spans
 ORDER BY 1, 2
