-- time_to_restore - how long it takes until an incident is over
-- unit: min
-- counts: incidents
-- by: repo, service
-- set: dora 4
-- needs: incidents
-- chart: trend
-- peers: Apache DevLake, both; Four Keys starts at the earlier of deployment and
--   incident
-- columns: minutes - the span that the set of bands asks for
--
-- The lower median, in minutes rounded up.  What is measured follows the set of
-- bands, whose title names it:
--
--   recovery: incident    created -> resolved, of incidents resolved in the
--                         window (mean time to restore; 2021)
--   recovery: deployment  the deployment that caused it finished -> resolved,
--                         both in the window (failed deployment recovery; 2023
--                         and 2024); an incident that no deployment came before
--                         is dropped
--
-- Which incidents there are, and which deployment caused them, is told by
-- `metrics explain change_failure_rate`.  A Jira issue is resolved at its
-- resolution date, or, where a project does not resolve, when it last became
-- done; a GitHub issue when it was closed.  Open incidents are not in the
-- figure; the note counts those open at the end of the window.
--
-- rows:
SELECT i.grp, t.period, i.scope, i.key AS incident, i.title,
       minutes(CASE :recovery WHEN 'incident' THEN i.created_at
                              ELSE i.deployed_at END, i.resolved_at)
         AS minutes,
       i.created_at, i.resolved_at, i.deployment_repo AS repo,
       i.deployment_id AS deployment, i.deployed_at, i.url
  FROM periods t
  CROSS JOIN incidents i
    ON i.resolved_at >= t.since AND i.resolved_at < t.until
 WHERE i.grp IS NOT NULL
   AND (:recovery = 'incident'
        OR (i.deployed_at >= t.since AND i.deployed_at < t.until))
 ORDER BY i.resolved_at, i.key
-- figures:
WITH found AS (
  SELECT grp, period, minutes, 0 AS open FROM figure_rows
  UNION ALL
  SELECT i.grp, t.period, NULL, 1
    FROM periods t CROSS JOIN incidents i
   WHERE i.grp IS NOT NULL AND i.created_at < t.until
     AND (i.resolved_at IS NULL OR i.resolved_at >= t.until)
  UNION ALL
  SELECT g.grp, t.period, NULL, -1 FROM groups g CROSS JOIN periods t
   WHERE NOT g.whole)
SELECT grp, period, lower_median(minutes) AS value, count(minutes) AS n,
       CASE min(open) WHEN -1
            THEN 'incidents are known for the whole service only'
            ELSE nullif(sum(open), 0) || ' open' END AS note
  FROM found GROUP BY grp, period
