-- issue_cycles - how the issues that were done in the window got there
-- needs: done_issues
-- parameter: waiting = [] - statuses in progress in which nobody works on it
--
-- One row a row of done_issues, with begun_at, its first moment in progress,
-- ended_at, its last move into done, and active, the seconds that it was in
-- progress and not waiting.
--
-- As it is done in the end, it left progress as often as it came there, or once
-- more when it was created in it; likewise the moments when it went idle, less
-- those when it became active, make up the active time.
--
-- table:
WITH
-- A change to no status is no move; the next one leaves the former status.
moves AS MATERIALIZED (
  SELECT d.rowid AS row, c.changed_at AS at,
         status_class(d.project,
           CASE WHEN coalesce(nullif(c.from_id, ''), c.from_text, '') <> ''
                THEN c.from_id
                ELSE (
                  SELECT b.to_id
                    FROM issue_changes b INDEXED BY issue_changes_field
                   WHERE b.client_id = :client AND b.field = 'status'
                     AND b.issue_id = c.issue_id
                     AND b.changed_at < c.changed_at
                     AND coalesce(nullif(b.to_id, ''), b.to_text, '') <> ''
                   ORDER BY b.changed_at DESC LIMIT 1) END,
           c.from_text) AS former,
         status_class(d.project, c.to_id, c.to_text) AS class,
         c.from_text COLLATE NOCASE IN (
           SELECT value FROM json_each(:waiting)) AS waited,
         c.to_text COLLATE NOCASE IN (
           SELECT value FROM json_each(:waiting)) AS waits
    FROM done_issues d
    LEFT JOIN issue_changes c INDEXED BY issue_changes_field
      ON c.client_id = :client AND c.field = 'status'
     AND c.issue_id = d.issue
     AND coalesce(nullif(c.to_id, ''), c.to_text, '') <> ''),
steps AS (
  SELECT row, at, class, former,
         (class IS NOT 'new' AND class IS NOT 'done')
         - (former IS NOT 'new' AND former IS NOT 'done') AS begins,
         (class IS NOT 'new' AND class IS NOT 'done' AND waits IS NOT TRUE)
         - (former IS NOT 'new' AND former IS NOT 'done'
            AND waited IS NOT TRUE) AS awakes
    FROM moves),
cycles AS MATERIALIZED (
  SELECT row, min(at) FILTER (WHERE begins = 1) AS first_begun,
         -sum(begins) AS begun_before, -sum(awakes) AS awake_before,
         max(at) FILTER (WHERE class = 'done' AND former IS NOT 'done')
           AS ended_at,
         -sum(awakes * at) AS active
    FROM steps GROUP BY row)
SELECT d.*,
       iif(y.begun_before > 0, d.created_at, y.first_begun) AS begun_at,
       coalesce(y.ended_at, d.done_at) AS ended_at,
       y.active - iif(y.awake_before > 0, d.created_at, 0) AS active
  FROM cycles y CROSS JOIN done_issues d ON d.rowid = y.row
