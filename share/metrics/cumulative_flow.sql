-- cumulative_flow - how many issues are to do, in progress and done
-- unit: count
-- counts: issues
-- parts: todo, in_progress, done
-- by: project, service
-- shape: list
-- set: flow 10
-- needs: present_statuses
-- chart: flow done in_progress todo
-- columns: what - now: how many there are; created or moved: one issue
-- columns: part - where it came to
-- columns: former - where it came from
-- peers: Jira's cumulative flow diagram, by class of status in place of column
--
-- At the end of each day (of each week or month with --by): how many issues are
-- in a status to do, in progress, and done.  Worked out backwards from what is
-- stored now: what was created or moved later is taken back.  So an issue that
-- was deleted is in no day, and one that went to another project is counted
-- there all along.
--
-- Rows without a period are what is there now, and what happened after the
-- window.
--
-- rows:
WITH
present AS (
  SELECT s.project, s.class,
         (SELECT count(*) FROM issues i INDEXED BY issues_status
           WHERE i.client_id = :client AND i.project_key = s.project
             AND i.status IS s.status AND i.status_id IS s.status_id
             AND i.deleted_at IS NULL) AS count
    FROM present_statuses s WHERE s.class IS NOT NULL
  UNION ALL
  SELECT s.project, coalesce(i.status_category, 'indeterminate'), 1
    FROM present_statuses s CROSS JOIN issues i INDEXED BY issues_status
      ON i.client_id = :client AND i.project_key = s.project
     AND i.status IS s.status AND i.status_id IS s.status_id
     AND i.deleted_at IS NULL
   WHERE s.class IS NULL),
-- A change to no status keeps the former class, so the next one leaves that.
moves AS MATERIALIZED (
  SELECT i.project_key AS project, i.key, c.changed_at AS at,
         CASE WHEN coalesce(nullif(c.from_id, ''), c.from_text, '') <> ''
              THEN coalesce(status_class(i.project_key, c.from_id,
                                         c.from_text), 'indeterminate')
              ELSE (
                SELECT coalesce(status_class(i.project_key, b.to_id,
                                             b.to_text), 'indeterminate')
                  FROM issue_changes b INDEXED BY issue_changes_field
                 WHERE b.client_id = :client AND b.field = 'status'
                   AND b.issue_id = c.issue_id
                   AND b.changed_at < c.changed_at
                   AND coalesce(nullif(b.to_id, ''), b.to_text, '') <> ''
                 ORDER BY b.changed_at DESC LIMIT 1) END AS former,
         coalesce(status_class(i.project_key, c.to_id, c.to_text),
                  'indeterminate') AS class
    FROM issue_changes c INDEXED BY issue_changes_status
    CROSS JOIN issues i ON i.client_id = :client AND i.id = c.issue_id
   WHERE c.client_id = :client AND c.field = 'status'
     AND c.changed_at >= :since AND i.deleted_at IS NULL
     AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''),
-- An issue was created in what its first move left.
births AS (
  SELECT i.project_key AS project, i.key, i.created_at AS at, NULL AS former,
         coalesce(
           (SELECT coalesce(status_class(i.project_key, c.from_id,
                                         c.from_text), 'indeterminate')
              FROM issue_changes c INDEXED BY issue_changes_field
             WHERE c.client_id = :client AND c.field = 'status'
               AND c.issue_id = i.id
             ORDER BY c.changed_at, CAST(c.history_id AS INTEGER), c.position
             LIMIT 1),
           status_class(i.project_key, i.status_id, i.status),
           i.status_category, 'indeterminate') AS class
    FROM jira_projects p CROSS JOIN issues i INDEXED BY issues_created
      ON i.client_id = :client AND i.project_key = p.project
     AND i.created_at >= :since
   WHERE p.grp IS NOT NULL AND i.deleted_at IS NULL),
events AS MATERIALIZED (
  SELECT 'now' AS what, project, NULL AS key, NULL AS at, NULL AS former,
         class, sum(count) AS count
    FROM present GROUP BY project, class
  UNION ALL
  SELECT 'created', project, key, at, former, class, 1 FROM births
  UNION ALL
  SELECT 'moved', project, key, at, former, class, 1 FROM moves
   WHERE former IS NOT class)
SELECT p.grp,
       CASE WHEN e.at IS NULL OR e.at >= :now THEN ''
            WHEN :every = 'week' THEN tz_week(e.at, :tz)
            WHEN :every = 'month' THEN tz_month(e.at, :tz)
            ELSE tz_day(e.at, :tz) END AS period,
       e.what, e.project, e.key, e.at AS moved_at,
       CASE e.former WHEN 'new' THEN 'todo' WHEN 'done' THEN 'done'
                     ELSE iif(e.former IS NULL, NULL, 'in_progress') END
         AS former,
       CASE e.class WHEN 'new' THEN 'todo' WHEN 'done' THEN 'done'
                    ELSE 'in_progress' END AS part, e.count
  FROM events e CROSS JOIN jira_projects p ON p.project = e.project
 WHERE p.grp IS NOT NULL
-- figures:
WITH RECURSIVE
grid(period, last) AS (
  SELECT CASE :every WHEN 'week' THEN tz_week(:since, :tz)
                     WHEN 'month' THEN tz_month(:since, :tz)
                     ELSE tz_day(:since, :tz) END,
         CASE :every WHEN 'week' THEN tz_week(:now - 1, :tz)
                     WHEN 'month' THEN tz_month(:now - 1, :tz)
                     ELSE tz_day(:now - 1, :tz) END
  UNION ALL
  SELECT date(period, CASE :every WHEN 'week' THEN '+7 days'
                                  WHEN 'month' THEN '+1 month'
                                  ELSE '+1 day' END), last
    FROM grid WHERE period < last),
tallies AS MATERIALIZED (
  SELECT grp, iif(period = '', '9999', period) AS period, former, part,
         what = 'now' AS present, sum(count) AS count
    FROM figure_rows GROUP BY grp, period, former, part, what = 'now'),
-- What is taken back, going backwards: now is at the very end.
steps(grp, part, period, step) AS (
  SELECT grp, part, period, iif(present, count, -count) FROM tallies
  UNION ALL
  SELECT grp, former, period, count FROM tallies WHERE former IS NOT NULL
  UNION ALL
  SELECT g.grp, p.value, r.period, 0
    FROM (SELECT DISTINCT grp FROM tallies) g
    CROSS JOIN json_each('["todo", "in_progress", "done"]') p
    CROSS JOIN grid r),
summed AS MATERIALIZED (
  SELECT grp, part, period, sum(step) AS step FROM steps
   GROUP BY grp, part, period),
levels AS (
  SELECT grp, part, period,
         coalesce(sum(step) OVER (
           PARTITION BY grp, part ORDER BY period DESC
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS level
    FROM summed)
SELECT grp, period, part, level AS value, level AS n
  FROM levels WHERE period <> '9999'
 ORDER BY grp, period,
          CASE part WHEN 'todo' THEN 1 WHEN 'in_progress' THEN 2 ELSE 3 END
