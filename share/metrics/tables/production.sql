-- production - how deployments to production ended in the window
--
-- One row a deployment that succeeded or failed, and one a release where
-- pulse.yaml lets releases stand in for deployments; in the period in which it
-- finished, and in the order in which they did, which is that of the index.
-- link-deployments(1) keeps them in production_deployments and has the rules:
-- success or failure, when it finished, what is rework.
--
-- table:
SELECT r.grp, t.period, d.repo, d.environment, d.id, d.kind, d.service, d.sha,
       d.started_at, d.finished_at, d.result, d.rework,
       r.url || coalesce('/commit/' || d.sha, '/deployments') AS url
  FROM periods t
  CROSS JOIN production_deployments d INDEXED BY production_deployments_finished
    ON d.client_id = :client
   AND d.finished_at >= t.since AND d.finished_at < t.until
  CROSS JOIN repos r ON r.repo = d.repo
 WHERE r.grp IS NOT NULL
