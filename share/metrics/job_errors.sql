-- job_errors - how many runs of a job failed, by class of failure
-- unit: count
-- counts: runs
-- parts: any
-- by: job
-- set: jobs 4
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: class - of its failure; NULL: it did not fail
--
-- Runs that failed or vanished, among those that ended in the window and that
-- no person ended; n counts the latter.  The parts are the classes of
-- retry-scan(1), such as network_timeout or database_lock; `vanished` is a
-- run without a result, `unknown` one whose failure has no class.  With runs
-- and without failures it is 0, without runs there are no data.
--
-- rows:
SELECT grp, period, job, run, trigger, attempt, ended_at, result,
       CASE WHEN good THEN NULL
            ELSE coalesce(class, CASE result WHEN 'orphaned' THEN 'vanished'
                                             ELSE 'unknown' END) END AS class,
       exit_code, cause
  FROM job_runs WHERE judged
-- figures:
WITH classes(class) AS (
  SELECT DISTINCT class FROM figure_rows WHERE class IS NOT NULL)
SELECT grp, period, NULL AS part, count(class) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT f.grp, f.period, c.class, sum(f.class IS c.class), count(*)
  FROM classes c CROSS JOIN figure_rows f
 GROUP BY f.grp, f.period, c.class
 ORDER BY 1, 2, 3
