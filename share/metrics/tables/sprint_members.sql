-- sprint_members - the issues that have ever been in one of the sprints
-- needs: jira_sprints
--
-- One row a sprint and issue, in the order of issues: issue; place, the rowid of
-- jira_sprints; and of the issue as it is now project, created_at, status_id,
-- status and points.  In a sprint are those whose
-- Sprint field names it now, and those that a change since its start took out
-- of it.  Left out are sub-tasks, whose estimate is in their parent, and
-- deleted issues; an issue in another project by now stays.
--
-- Sprint is the field of that name, or whatever the site calls the field of
-- that sort.  A change holds lists of ids, such as 12, 14, or where these are
-- missing of names.
--
-- table:
WITH taken AS MATERIALIZED (
  SELECT c.issue_id AS issue, c.from_id AS ids, c.from_text AS names
    FROM issue_changes c INDEXED BY issue_changes_left
   WHERE c.client_id = :client AND c.field = 'Sprint'
     AND (c.from_id <> '' OR c.from_text <> '')
     AND c.changed_at >= (SELECT min(started_at) FROM jira_sprints)
  UNION ALL
  SELECT c.issue_id, c.from_id, c.from_text
    FROM (SELECT DISTINCT name FROM fields
           WHERE client_id = :client AND name <> 'Sprint'
             AND schema_custom = 'com.pyxis.greenhopper.jira:gh-sprint') f
    CROSS JOIN issue_changes c INDEXED BY issue_changes_field
      ON c.client_id = :client AND c.field = f.name
   WHERE c.changed_at >= (SELECT min(started_at) FROM jira_sprints)),
found AS (
  SELECT o.issue, CAST(e.value AS TEXT) AS sprint
    FROM taken o, json_each(iif(json_valid('[' || o.ids || ']'),
                                '[' || o.ids || ']', '[]')) e
  UNION
  SELECT o.issue, s.sprint
    FROM taken o CROSS JOIN jira_sprints s
   WHERE coalesce(o.ids, '') = ''
     AND instr(', ' || o.names || ', ', ', ' || s.name || ', ') > 0
  UNION
  SELECT t.issue_id, s.sprint
    FROM jira_sprints s CROSS JOIN issue_sprints t
      INDEXED BY issue_sprints_sprint
      ON t.client_id = :client AND t.sprint_id = s.sprint)
SELECT f.issue, s.rowid AS place, i.project_key AS project, i.created_at,
       i.status_id, i.status, i.story_points AS points
  FROM found f CROSS JOIN jira_sprints s ON s.sprint = f.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = f.issue
 WHERE i.deleted_at IS NULL AND coalesce(i.subtask, 0) = 0
