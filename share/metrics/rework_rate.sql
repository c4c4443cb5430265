-- rework_rate - which share of deployments was not planned
-- unit: ratio
-- counts: deployments
-- by: repo, service
-- set: dora 6
-- needs: production
-- chart: trend
-- peers: DORA's fifth measure, deployments that were not planned but made to
--   mend what users met; DORA asks people for it
-- columns: rework - pattern: by its ref, tag or task; rollback: it went back
--
-- Successful deployments to production that are rework, among all successful
-- ones that finished in the window.  How rework is told is Pulse's proposal:
--
--   pattern    the service's pattern (`rework` in pulse.yaml, by default
--              rollback|revert|hotfix in any case) finds something in the
--              deployment's ref or task, or in a release's tag or name
--   rollback   its commit is not that of the success before it in the same
--              environment, but of an earlier one: it went back
--
-- A second deployment of what is live is no rework, a failed one is in neither
-- number.  None that succeeded is no data, not 0.
--
-- rows:
SELECT grp, period, repo, environment, id AS deployment, kind, rework,
       finished_at, url
  FROM production WHERE result = 'success'
-- figures:
SELECT grp, period, avg(rework IS NOT NULL) AS value, count(*) AS n,
       nullif(sum(kind = 'release'), 0) || ' from releases' AS note
  FROM figure_rows GROUP BY grp, period
