-- Views for other tools' charts (Grafana, Datasette, DuckDB): what the metrics
-- count, one row a thing or a day.  Their columns stay; pulse-db(5) says what
-- they are.  `time` is the moment that a chart goes by, in seconds since 1970,
-- as is every column named _at; the same as text in ISO 8601 stands beside it.
-- Days are those of UTC.  Spans are minutes, rounded up, NULL where they would
-- be negative.
--
-- DISTINCT, where no two rows are alike, keeps SQLite from working out a
-- subquery once for every column that needs it, and lets a window of time be
-- found by its index all the same.
--
-- They are plain SQL, without the functions of metrics(1): what pulse.yaml and
-- teams.yaml say of statuses and persons is not in them.

-- Deployments to production, and releases that stand in for them.
CREATE VIEW v_dora_deployments AS
SELECT d.client_id, d.finished_at AS time,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.finished_at, 'unixepoch') AS finished,
       d.service, d.repo, d.environment, d.id, d.kind, d.sha, d.result,
       d.rework,
       CASE WHEN d.finished_at >= d.started_at
            THEN (d.finished_at - d.started_at + 59) / 60 END AS minutes,
       (SELECT count(*) FROM production_incidents i
         WHERE i.client_id = d.client_id AND i.deployment_repo = d.repo
           AND i.deployment_id = d.id) AS incidents
  FROM production_deployments d;

-- minutes: from creation to resolution; recovery_minutes: from the finish of
-- the deployment that it is blamed on.
CREATE VIEW v_dora_incidents AS
SELECT i.client_id, i.created_at AS time,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.created_at, 'unixepoch') AS created,
       i.service, i.source, i.scope, i.key, i.resolved_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', i.resolved_at, 'unixepoch') AS resolved,
       CASE WHEN i.resolved_at >= i.created_at
            THEN (i.resolved_at - i.created_at + 59) / 60 END AS minutes,
       i.deployment_repo, i.deployment_id, d.finished_at AS deployed_at,
       CASE WHEN i.resolved_at >= d.finished_at
            THEN (i.resolved_at - d.finished_at + 59) / 60 END
         AS recovery_minutes
  FROM production_incidents i
  LEFT JOIN production_deployments d ON d.client_id = i.client_id
        AND d.repo = i.deployment_repo AND d.id = i.deployment_id;

-- Merged pull requests that reached production; minutes: the lead time.
CREATE VIEW v_pull_request_times AS
WITH linked AS (
  SELECT DISTINCT d.client_id, d.finished_at, d.service, d.environment, l.method,
         q.repo, q.number, q.title, q.author, q.created_at, q.merged_at,
         (SELECT min(c.authored_at) FROM pull_request_commits c
           WHERE c.client_id = q.client_id AND c.repo = q.repo
             AND c.number = q.number AND c.deleted_at IS NULL)
           AS first_commit_at,
         (SELECT min(c.created_at) FROM comments c INDEXED BY comments_pull
           WHERE c.client_id = q.client_id AND c.repo = q.repo
             AND c.number = q.number AND c.deleted_at IS NULL
             AND (q.author IS NULL OR c.author IS NOT q.author))
           AS comment_at,
         (SELECT min(r.submitted_at) FROM reviews r
           WHERE r.client_id = q.client_id AND r.repo = q.repo
             AND r.number = q.number AND r.deleted_at IS NULL
             AND (q.author IS NULL OR r.author IS NOT q.author)) AS review_at
    FROM production_deployments d
    CROSS JOIN deployment_pull_requests l
      INDEXED BY deployment_pull_requests_deployment
      ON l.client_id = d.client_id AND l.deployment_id = d.id
     AND l.repo = d.repo AND l.environment = d.environment
    CROSS JOIN pull_requests q ON q.client_id = l.client_id
     AND q.repo = l.repo AND q.number = l.number
   WHERE d.result = 'success' AND q.merged_at IS NOT NULL
     AND q.deleted_at IS NULL),
answered AS (
  SELECT *, min(coalesce(comment_at, review_at),
                coalesce(review_at, comment_at)) AS first_answer_at
    FROM linked),
spans AS (
  SELECT *,
         CASE WHEN created_at >= first_commit_at
              THEN (created_at - first_commit_at + 59) / 60 END AS coding,
         CASE WHEN first_answer_at >= created_at
              THEN (first_answer_at - created_at + 59) / 60 END AS pickup,
         CASE WHEN merged_at >= first_answer_at
              THEN (merged_at - first_answer_at + 59) / 60 END AS review,
         CASE WHEN finished_at >= merged_at
              THEN (finished_at - merged_at + 59) / 60 END AS deploy,
         CASE WHEN merged_at >= created_at
              THEN (merged_at - created_at + 59) / 60 END AS open_for
    FROM answered)
SELECT client_id, finished_at AS time,
       strftime('%Y-%m-%dT%H:%M:%SZ', finished_at, 'unixepoch') AS deployed,
       service, repo, number, title, author,
       coalesce(coding, 0) + coalesce(open_for, 0) + coalesce(deploy, 0)
         AS minutes,
       coding, pickup, review, deploy, first_commit_at, created_at,
       first_answer_at, merged_at, environment, method
  FROM spans;

-- What happened on each day, per service and repository: sums, so that any
-- days and repositories can be added up.  An incident counts for the
-- repository of the deployment that it is blamed on, if any.
CREATE VIEW v_dora_daily AS
WITH facts AS (
  SELECT client_id, time, service, repo, result = 'success' AS deployments,
         result = 'failure' AS failed_deployments, rework IS NOT NULL AS rework,
         result = 'success' AND incidents > 0 AS change_failures,
         0 AS pull_requests, 0 AS lead_minutes, 0 AS incidents, 0 AS restored,
         0 AS restore_minutes, 0 AS recovered, 0 AS recovery_minutes
    FROM v_dora_deployments
  UNION ALL
  SELECT client_id, time, service, repo, 0, 0, 0, 0, 1, minutes, 0, 0, 0, 0, 0
    FROM v_pull_request_times
  UNION ALL
  SELECT client_id, time, service, deployment_repo, 0, 0, 0, 0, 0, 0, 1, 0, 0,
         0, 0
    FROM v_dora_incidents
  UNION ALL
  SELECT client_id, resolved_at, service, deployment_repo, 0, 0, 0, 0, 0, 0, 0,
         minutes IS NOT NULL, coalesce(minutes, 0),
         recovery_minutes IS NOT NULL, coalesce(recovery_minutes, 0)
    FROM v_dora_incidents WHERE resolved_at IS NOT NULL)
SELECT client_id, time / 86400 * 86400 AS time,
       date(time, 'unixepoch') AS day, service, repo,
       sum(deployments) AS deployments,
       sum(failed_deployments) AS failed_deployments, sum(rework) AS rework,
       sum(change_failures) AS change_failures,
       sum(pull_requests) AS pull_requests, sum(lead_minutes) AS lead_minutes,
       sum(incidents) AS incidents, sum(restored) AS restored,
       sum(restore_minutes) AS restore_minutes, sum(recovered) AS recovered,
       sum(recovery_minutes) AS recovery_minutes
  FROM facts
 GROUP BY client_id, time / 86400, service, repo;

-- Issues; a status counts by Jira's category, and as in progress where it has
-- none.  minutes: from creation to resolution; begun_at: first in progress;
-- done_at: last moved into done; cycle_minutes: in between, of those that are
-- done now.  These two are rounded down.
CREATE VIEW v_issue_times AS
WITH moves AS (
  SELECT DISTINCT i.client_id, i.id, i.source, i.project_key, i.key, i.issue_type,
         i.summary, i.status, i.status_category, i.priority, i.assignee,
         i.story_points, i.created_at, i.resolutiondate,
         (SELECT min(c.changed_at) FROM issue_changes c
            INDEXED BY issue_changes_field
           WHERE c.client_id = i.client_id AND c.field = 'status'
             AND c.issue_id = i.id AND coalesce(c.to_id, c.to_text, '') <> ''
             AND NOT EXISTS (SELECT 1 FROM statuses s
               WHERE s.client_id = c.client_id AND s.id = c.to_id
                 AND s.category IN ('new', 'done'))) AS moved_at,
         (SELECT max(c.changed_at) FROM issue_changes c
            INDEXED BY issue_changes_field
           WHERE c.client_id = i.client_id AND c.field = 'status'
             AND c.issue_id = i.id
             AND EXISTS (SELECT 1 FROM statuses s
               WHERE s.client_id = c.client_id AND s.id = c.to_id
                 AND s.category = 'done')
             AND NOT EXISTS (SELECT 1 FROM statuses s
               WHERE s.client_id = c.client_id AND s.id = c.from_id
                 AND s.category = 'done')) AS done_at,
         coalesce((SELECT s.category FROM statuses s
            WHERE s.client_id = i.client_id AND s.id = coalesce(
              (SELECT c.from_id FROM issue_changes c
                 INDEXED BY issue_changes_field
                WHERE c.client_id = i.client_id AND c.field = 'status'
                  AND c.issue_id = i.id
                ORDER BY c.changed_at, CAST(c.history_id AS INTEGER),
                         c.position LIMIT 1), i.status_id)), '')
           NOT IN ('new', 'done') AS made_in_progress
    FROM issues i WHERE i.deleted_at IS NULL),
ends AS (
  SELECT *, iif(made_in_progress, created_at, moved_at) AS begun_at,
         CASE WHEN status_category = 'done'
              THEN coalesce(resolutiondate, done_at, created_at) END
           AS resolved_at
    FROM moves)
SELECT client_id, created_at AS time,
       strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch') AS created,
       project_key, key, issue_type, summary, status, status_category,
       priority, assignee, story_points, resolved_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', resolved_at, 'unixepoch') AS resolved,
       CASE WHEN resolved_at >= created_at
            THEN (resolved_at - created_at) / 60 END AS minutes,
       begun_at, done_at,
       CASE WHEN status_category = 'done'
             AND coalesce(done_at, resolved_at) >= begun_at
            THEN (coalesce(done_at, resolved_at) - begun_at) / 60 END
         AS cycle_minutes
  FROM ends;

-- Sprints that have started, each as it was at its start and at its end (now,
-- while it runs), from the history of its issues: story points, and numbers of
-- issues.  committed: in it at the start, on its board and not done; completed:
-- in the last column of its board at the end, but not already when it started;
-- not_completed: the others at the end.  Sub-tasks do not count.
CREATE VIEW v_sprint_report AS
WITH running AS (
  SELECT s.client_id, s.id, s.name, s.state, s.goal, s.started_at, s.ends_at,
         CASE s.state WHEN 'closed' THEN coalesce(s.completed_at, s.ends_at)
                      ELSE 8000000000000 END AS ended_at,
         b.name AS board, b.project_key,
         (SELECT ',' || group_concat(json_extract(t.value, '$.id')) || ','
            FROM json_each(b.board_columns) c,
                 json_each(c.value, '$.statuses') t) AS columns,
         (SELECT ',' || group_concat(json_extract(t.value, '$.id')) || ','
            FROM json_each(b.board_columns) c,
                 json_each(c.value, '$.statuses') t
           WHERE c.key = (SELECT max(k.key) FROM json_each(b.board_columns) k
                           WHERE json_array_length(k.value, '$.statuses') > 0))
           AS last_column
    FROM sprints s
    LEFT JOIN boards b ON b.client_id = s.client_id AND b.id = s.board_id
          AND b.deleted_at IS NULL
   WHERE s.started_at IS NOT NULL AND s.state <> 'future'
     AND s.deleted_at IS NULL),
kinds(client_id, field, kind) AS (
  SELECT client_id, 'Sprint', 'sprint' FROM sprints
  UNION SELECT client_id, 'status', 'status' FROM sprints
  UNION SELECT client_id, 'Story Points', 'points' FROM sprints
  UNION SELECT f.client_id, f.name, 'points' FROM fields f
   WHERE f.name = 'Story point estimate'
      OR EXISTS (SELECT 1 FROM boards b WHERE b.client_id = f.client_id
                    AND b.estimation_field = f.id)),
members AS (
  SELECT client_id, issue_id, sprint_id FROM issue_sprints
  UNION
  SELECT c.client_id, c.issue_id, CAST(e.value AS TEXT)
    FROM (SELECT DISTINCT client_id FROM sprints) k
    CROSS JOIN issue_changes c INDEXED BY issue_changes_field
      ON c.client_id = k.client_id AND c.field = 'Sprint'
    CROSS JOIN json_each(iif(json_valid('[' || c.from_id || ']'),
                             '[' || c.from_id || ']', '[]')) e),
held AS (
  SELECT DISTINCT i.client_id, i.id, i.status_id, i.story_points
    FROM members m
    CROSS JOIN issues i ON i.client_id = m.client_id AND i.id = m.issue_id
   WHERE i.deleted_at IS NULL AND coalesce(i.subtask, 0) = 0),
changes AS (
  SELECT h.client_id, h.id, k.kind, c.changed_at AS since,
         lead(c.changed_at, 1, 9000000000000) OVER w AS until,
         row_number() OVER w AS nth,
         iif(k.kind = 'points', c.from_text, c.from_id) AS old,
         iif(k.kind = 'points', c.to_text, c.to_id) AS new
    FROM held h CROSS JOIN kinds k ON k.client_id = h.client_id
    CROSS JOIN issue_changes c INDEXED BY issue_changes_field
      ON c.client_id = h.client_id AND c.field = k.field AND c.issue_id = h.id
   WHERE c.changed_at IS NOT NULL
  WINDOW w AS (PARTITION BY h.client_id, h.id, k.kind
               ORDER BY c.changed_at, CAST(c.history_id AS INTEGER),
                        c.position)),
-- From when to when an issue had which value; what never changed was always as
-- it is.
spans AS MATERIALIZED (
  SELECT client_id, id, kind, since, until, new AS value FROM changes
  UNION ALL
  SELECT client_id, id, kind, -9000000000000, since, old
    FROM changes WHERE nth = 1
  UNION ALL
  SELECT h.client_id, h.id, k.kind, -9000000000000, 9000000000000,
         CASE k.kind WHEN 'status' THEN h.status_id
           WHEN 'points' THEN h.story_points
           ELSE (SELECT group_concat(t.sprint_id) FROM issue_sprints t
                  WHERE t.client_id = h.client_id AND t.issue_id = h.id) END
    FROM held h
    CROSS JOIN (SELECT DISTINCT client_id, kind FROM kinds) k
      ON k.client_id = h.client_id
   WHERE (h.client_id, h.id, k.kind) NOT IN (
     SELECT client_id, id, kind FROM changes)),
-- The Sprint field at the end is that before the close, which moves the issues
-- on.
states AS (
  SELECT r.client_id, r.id, s.id AS issue_id, r.columns, r.last_column,
         max(s.value) FILTER (WHERE s.kind = 'sprint'
           AND s.since <= r.started_at AND s.until > r.started_at) AS sprints,
         max(s.value) FILTER (WHERE s.kind = 'sprint'
           AND s.since < r.ended_at AND s.until >= r.ended_at) AS last_sprints,
         max(s.value) FILTER (WHERE s.kind = 'status'
           AND s.since <= r.started_at AND s.until > r.started_at) AS status,
         max(s.value) FILTER (WHERE s.kind = 'status'
           AND s.since <= r.ended_at AND s.until > r.ended_at) AS last_status,
         max(s.value) FILTER (WHERE s.kind = 'points'
           AND s.since <= r.started_at AND s.until > r.started_at) AS points,
         max(s.value) FILTER (WHERE s.kind = 'points'
           AND s.since <= r.ended_at AND s.until > r.ended_at) AS last_points
    FROM members m
    CROSS JOIN running r ON r.client_id = m.client_id AND r.id = m.sprint_id
    CROSS JOIN spans s ON s.client_id = m.client_id AND s.id = m.issue_id
   GROUP BY r.client_id, r.id, s.id),
ends AS (
  SELECT client_id, id,
         instr(',' || replace(sprints, ' ', '') || ',', ',' || id || ',') > 0
           AS was_in,
         instr(',' || replace(last_sprints, ' ', '') || ',',
               ',' || id || ',') > 0 AS is_in,
         iif(last_column IS NOT NULL,
             instr(last_column, ',' || status || ',') > 0,
             EXISTS (SELECT 1 FROM statuses c WHERE c.client_id = t.client_id
                        AND c.id = t.status AND c.category = 'done'))
           IS TRUE AS was_done,
         iif(last_column IS NOT NULL,
             instr(last_column, ',' || last_status || ',') > 0,
             EXISTS (SELECT 1 FROM statuses c WHERE c.client_id = t.client_id
                        AND c.id = t.last_status AND c.category = 'done'))
           IS TRUE AS is_done,
         columns IS NULL OR instr(columns, ',' || status || ',') > 0
           AS was_on_board,
         coalesce(CAST(points AS REAL), 0) AS points,
         coalesce(CAST(last_points AS REAL), 0) AS last_points
    FROM states t),
sums AS (
  SELECT client_id, id,
         sum(points) FILTER (WHERE was_in AND was_on_board
           AND NOT was_done) AS committed,
         sum(last_points) FILTER (WHERE is_in AND is_done
           AND NOT (was_in AND was_done)) AS completed,
         sum(last_points) FILTER (WHERE is_in AND NOT is_done)
           AS not_completed,
         count(*) FILTER (WHERE was_in AND was_on_board
           AND NOT was_done) AS issues_committed,
         count(*) FILTER (WHERE is_in AND is_done
           AND NOT (was_in AND was_done)) AS issues_completed,
         count(*) FILTER (WHERE is_in AND NOT is_done) AS issues_not_completed
    FROM ends GROUP BY client_id, id)
SELECT r.client_id, r.started_at AS time,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.started_at, 'unixepoch') AS started,
       r.id, r.name, r.state, r.board, r.project_key, r.goal, r.ends_at,
       nullif(r.ended_at, 8000000000000) AS ended_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', nullif(r.ended_at, 8000000000000),
                'unixepoch') AS ended,
       coalesce(m.committed, 0) AS committed,
       coalesce(m.completed, 0) AS completed,
       coalesce(m.not_completed, 0) AS not_completed,
       coalesce(m.issues_committed, 0) AS issues_committed,
       coalesce(m.issues_completed, 0) AS issues_completed,
       coalesce(m.issues_not_completed, 0) AS issues_not_completed
  FROM running r
  LEFT JOIN sums m ON m.client_id = r.client_id AND m.id = r.id;
