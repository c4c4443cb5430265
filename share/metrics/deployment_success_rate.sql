-- deployment_success_rate - which share of deployments succeeded
-- unit: ratio
-- counts: deployments
-- by: repo, service
-- set: dora 5
-- needs: production
-- chart: trend
-- peers: none; DORA asks what a deployment caused, not whether it went through
-- columns: result - success or failure
--
-- Deployments to production that succeeded among all that ended, with success
-- or failure, in the window.
--
-- Success: it has a success status, also when it failed before or turned
-- inactive later, or nothing but inactive ones; it counts when it first did.
-- Failure: it has a failure or an error and no success; it counts at the last
-- of them.  Anything else, such as one still in progress, has not ended and is
-- in neither number.
--
-- None that ended is no data, not 0.  Releases that stand in for deployments
-- always succeeded; the note counts them.
--
-- rows:
SELECT grp, period, repo, environment, id AS deployment, kind, result,
       started_at, finished_at, url
  FROM production
-- figures:
SELECT grp, period, avg(result = 'success') AS value, count(*) AS n,
       nullif(sum(kind = 'release'), 0) || ' from releases' AS note
  FROM figure_rows GROUP BY grp, period
