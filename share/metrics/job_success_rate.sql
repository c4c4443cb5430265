-- job_success_rate - which share of the runs of a job ends well
-- unit: ratio
-- counts: runs
-- by: job
-- set: jobs 3
-- needs: job_runs
-- peers: none; what Pulse keeps of its own runs
-- columns: good - 1: it ended well or in part
--
-- Runs that ended with success, or in part (all but some scopes or records),
-- among all that ended in the window.  Runs that a person stopped or killed
-- are in neither number.  A run that vanished without a result is a failure,
-- and so is one that took longer than its timeout.
--
-- rows:
SELECT grp, period, job, run, trigger, attempt, ended_at, result, good, class
  FROM job_runs WHERE judged
-- figures:
SELECT grp, period, avg(good) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
