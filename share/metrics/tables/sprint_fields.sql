-- sprint_fields - the fields that tell of sprints, as histories name them
--
-- One row a way to name one: key (its id, or on Data Center its name), kind
-- (sprint, status, points), field (its id).  Sprint and story points are known
-- by their schema, as a number called Story Points or Story point estimate, or
-- because a board estimates in it.
--
-- table:
WITH known(id, name, kind) AS (
  SELECT 'status', 'status', 'status'
  UNION ALL SELECT 'Sprint', 'Sprint', 'sprint'
  UNION ALL SELECT 'Story Points', 'Story Points', 'points'
  UNION ALL
  SELECT id, name,
         CASE WHEN schema_custom = 'com.pyxis.greenhopper.jira:gh-sprint'
              THEN 'sprint'
              WHEN schema_custom =
                   'com.pyxis.greenhopper.jira:jsw-story-points'
                OR schema_custom =
                   'com.atlassian.jira.plugin.system.customfieldtypes:float'
               AND lower(name) IN ('story points', 'story point estimate')
                OR id IN (SELECT estimation_field FROM boards
                           WHERE client_id = :client AND deleted_at IS NULL)
               AND custom
              THEN 'points' END
    FROM fields WHERE client_id = :client)
SELECT key, kind, max(id) AS field
  FROM (SELECT id AS key, kind, id FROM known WHERE kind IS NOT NULL
        UNION ALL
        SELECT name, kind, id FROM known WHERE kind IS NOT NULL)
 GROUP BY key
