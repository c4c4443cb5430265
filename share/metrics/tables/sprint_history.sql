-- sprint_history - what happened to each issue in each sprint
-- needs: jira_sprints, sprint_fields, sprint_members
--
-- One row a row of sprint_members: issue, place, project, created_at, and story,
-- which story.h describes.  The changes of an issue are read here and nowhere
-- else.
--
-- table:
SELECT m.issue, m.place, m.project, m.created_at,
       story((SELECT group_concat(kind || char(9) || key || char(9) || field,
                                  char(10)) FROM sprint_fields),
             s.statuses, coalesce(c.field_id, c.field), c.changed_at,
             c.history_id, c.position, c.from_id, c.from_text,
             CASE WHEN s.statuses IS NULL
                  THEN status_class(m.project, c.from_id, c.from_text) IS 'done' END,
             c.to_id, c.to_text,
             CASE WHEN s.statuses IS NULL
                  THEN status_class(m.project, c.to_id, c.to_text) IS 'done' END,
             s.sprint, s.name, s.started_at, s.ended_at - s.closed, s.ended_at,
             s.estimation, m.status_id, m.status,
             CASE WHEN s.statuses IS NULL
                  THEN status_class(m.project, m.status_id, m.status) IS 'done' END,
             m.points) AS story
  FROM sprint_members m CROSS JOIN jira_sprints s ON s.rowid = m.place
  LEFT JOIN issue_changes c ON c.client_id = :client AND c.issue_id = m.issue
 GROUP BY m.rowid
