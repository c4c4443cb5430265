-- incidents - what went wrong in production, up to the end of the window
-- index: resolved_at
--
-- One row an incident that was created before the end of the window and was not
-- over before its start.  grp is that of its service: NULL where the service is
-- not whole in the group, so that nobody can tell whose incident it is.
-- resolved_at is NULL while it is open; deployment and deployed_at are what it
-- is blamed on, NULL: nothing.  link-deployments(1) keeps them in
-- production_incidents and has the rules.
--
-- table:
SELECT g.grp, i.source, i.scope, i.id, i.key, i.service, i.created_at,
       i.resolved_at, i.deployment_repo, i.deployment_id,
       d.finished_at AS deployed_at,
       CASE i.source WHEN 'jira' THEN (
         SELECT s.summary FROM issues s
          WHERE s.client_id = i.client_id AND s.id = i.id)
       ELSE (
         SELECT h.title FROM github_issues h
          WHERE h.client_id = i.client_id AND h.repo = i.scope
            AND h.number = CAST(i.id AS INTEGER)) END AS title,
       CASE i.source WHEN 'jira' THEN :jira || '/browse/' || i.key
                     ELSE r.url || '/issues/' || i.id END AS url
  FROM production_incidents i INDEXED BY production_incidents_created
  LEFT JOIN jira_projects j ON i.source = 'jira' AND j.project = i.scope
  LEFT JOIN repos r ON i.source = 'github' AND r.repo = i.scope
  LEFT JOIN service_groups g ON g.service = coalesce(j.service, r.service)
  LEFT JOIN production_deployments d ON d.client_id = i.client_id
   AND d.repo = i.deployment_repo AND d.id = i.deployment_id
 WHERE i.client_id = :client AND i.created_at < :until
   AND (i.resolved_at IS NULL OR i.resolved_at >= :since)
 ORDER BY i.created_at, i.key
