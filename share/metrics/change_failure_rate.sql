-- change_failure_rate - which share of deployments caused an incident
-- unit: ratio
-- counts: deployments
-- by: repo, service
-- set: dora 3
-- needs: production
-- chart: trend
-- peers: Apache DevLake, the same; Four Keys reads the cause from the text
--   `root cause: SHA` of the incident
-- columns: incidents - how many it caused, in or after the window
-- columns: caused - their keys
--
-- Successful deployments to production that caused at least one incident, among
-- all that finished in the window.  Failed deployments are in neither number,
-- and two incidents of one deployment count once.
--
-- An incident is blamed on the last successful deployment to production of its
-- service that finished strictly before it was created, however long before;
-- an incident with none before it is dropped.  Incidents are the Jira issues
-- and the GitHub issues with the types and labels that pulse.yaml names for the
-- service (by default Jira's type Incident).  So the rate is told for services
-- and over all; for a repository only where it is its service's only one.
--
-- No deployments is no data, not 0.
--
-- rows:
SELECT p.grp, p.period, p.repo, p.environment, p.id AS deployment, p.kind,
       p.finished_at,
       (SELECT count(*) FROM production_incidents i
         INDEXED BY production_incidents_deployment
         WHERE i.client_id = :client AND i.deployment_repo = p.repo
           AND i.deployment_id = p.id) AS incidents,
       (SELECT group_concat(key, ' ') FROM (
          SELECT i.key FROM production_incidents i
           INDEXED BY production_incidents_deployment
           WHERE i.client_id = :client AND i.deployment_repo = p.repo
             AND i.deployment_id = p.id ORDER BY i.created_at, i.key))
         AS caused, p.url
  FROM production p WHERE p.result = 'success'
-- figures:
SELECT f.grp, f.period,
       CASE WHEN g.whole THEN avg(f.incidents > 0) END AS value,
       count(*) AS n,
       CASE WHEN NOT g.whole
            THEN 'incidents are known for the whole service only'
            ELSE nullif(sum(f.kind = 'release'), 0) || ' from releases' END
         AS note
  FROM figure_rows f CROSS JOIN groups g ON g.grp = f.grp
 GROUP BY f.grp, f.period
