-- sprint_values - what the issues of the sprints were, and from when to when
-- needs: sprint_members, jira_sprints
-- index: issue, kind
--
-- One row an issue, kind and value that it had:
--   issue, kind     sprint, status or points
--   since, until    seconds, up to but not at until; from or to far away where
--                   no change is known
--   edit, step      the edit of the issue that made it so, and the change in
--                   order; 0: it is not known to have been otherwise before
--   id, text        sprint: lists of ids and of names; status: id and name;
--                   points: NULL and the number
-- Where an issue has no change of a kind it was always as it is now.
--
-- Points are those of a board's estimation field.  Where the issue has no
-- change of that one, or the board has none, those of any field of story
-- points.
--
-- table:
WITH kinds(id, name, kind) AS MATERIALIZED (
  SELECT 'status', 'status', 'status'
  UNION SELECT 'Sprint', 'Sprint', 'sprint'
  UNION SELECT id, name, 'sprint' FROM fields
   WHERE client_id = :client
     AND schema_custom = 'com.pyxis.greenhopper.jira:gh-sprint'
  UNION SELECT 'Story Points', 'Story Points', 'points'
  UNION SELECT id, name, 'points' FROM fields
   WHERE client_id = :client
     AND (schema_custom = 'com.pyxis.greenhopper.jira:jsw-story-points'
          OR (schema_custom =
              'com.atlassian.jira.plugin.system.customfieldtypes:float'
              AND lower(name) IN ('story points', 'story point estimate')))
  UNION SELECT b.estimation_field, f.name, 'points'
    FROM boards b CROSS JOIN fields f ON f.client_id = b.client_id
     AND f.id = b.estimation_field AND f.source = b.source
   WHERE b.client_id = :client AND b.estimation_field LIKE 'customfield%'),
held AS MATERIALIZED (
  SELECT issue, group_concat(s.estimation) AS estimations
    FROM sprint_members m CROSS JOIN jira_sprints s ON s.sprint = m.sprint
   GROUP BY issue),
changes AS MATERIALIZED (
  SELECT h.issue, k.kind, k.id AS field,
         instr(h.estimations, k.id) > 0 AS wanted,
         c.changed_at AS at, CAST(c.history_id AS INTEGER) AS history,
         c.position, c.from_id, c.from_text, c.to_id, c.to_text
    FROM held h CROSS JOIN issue_changes c ON c.client_id = :client
     AND c.issue_id = h.issue
    CROSS JOIN kinds k
   WHERE c.changed_at IS NOT NULL
     AND (c.field_id = k.id OR (c.field_id IS NULL AND c.field = k.name))),
chosen AS MATERIALIZED (
  SELECT *, dense_rank() OVER edits AS edit,
         row_number() OVER (PARTITION BY issue
                            ORDER BY at, history, position) AS step,
         row_number() OVER values_of AS nth,
         lead(at, 1, 9000000000000) OVER values_of AS until
    FROM (SELECT *, first_value(field) OVER (
                      PARTITION BY issue, kind ORDER BY wanted DESC, at DESC)
                    AS best FROM changes)
   WHERE field = best
  WINDOW edits AS (PARTITION BY issue ORDER BY at, history),
         values_of AS (PARTITION BY issue, kind
                       ORDER BY at, history, position))
SELECT issue, kind, at AS since, until, edit, step, to_id AS id,
       to_text AS text
  FROM chosen
UNION ALL
SELECT issue, kind, -9000000000000, at, 0, 0, from_id, from_text
  FROM chosen WHERE nth = 1
UNION ALL
SELECT h.issue, k.kind, -9000000000000, 9000000000000, 0, 0,
       CASE k.kind WHEN 'status' THEN i.status_id
         WHEN 'sprint' THEN (SELECT group_concat(t.sprint_id, ', ')
                               FROM issue_sprints t
                              WHERE t.client_id = :client
                                AND t.issue_id = h.issue) END,
       CASE k.kind WHEN 'status' THEN i.status
         WHEN 'points' THEN i.story_points END
  FROM held h
  CROSS JOIN (SELECT 'sprint' AS kind UNION SELECT 'status'
              UNION SELECT 'points') k
  CROSS JOIN issues i ON i.client_id = :client AND i.id = h.issue
 WHERE (h.issue, k.kind) NOT IN (SELECT issue, kind FROM chosen)
