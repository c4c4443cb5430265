-- done_statuses - the ids of statuses that are done in some project
-- index: id
--
-- One row an id.  By these the index over moves is asked first, so that only
-- what came into one of them (or into a status that is not stored) is looked at.
--
-- table:
SELECT DISTINCT s.id FROM statuses s CROSS JOIN jira_projects p
 WHERE s.client_id = :client
   AND status_class(p.project, s.id, s.name) = 'done'
