-- created_done - how many issues were created, and how many done
-- unit: count
-- counts: issues
-- parts: created, done
-- by: project, service, team, person, type
-- empty: zero
-- set: flow 7
-- needs: created_issues, done_issues
-- chart: trend created done
-- columns: what - created or done; an issue may have a row for each
-- peers: Jira's Created vs. Resolved report
--
-- Issues created in a period beside issues that are done now and were resolved
-- in it (see `metrics explain throughput`).  The figure itself is created less
-- done: above 0 the backlog grows.
--
-- rows:
SELECT grp, period, 'created' AS what, key, project, type, summary, assignee,
       created_at AS counted_at, url
  FROM created_issues
UNION ALL
SELECT grp, period, 'done', key, project, type, summary, assignee, done_at, url
  FROM done_issues
-- figures:
WITH counts AS MATERIALIZED (
  SELECT grp, period, sum(what = 'created') AS created,
         sum(what = 'done') AS done
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, created - done AS value,
       created + done AS n FROM counts
UNION ALL SELECT grp, period, 'created', created, created FROM counts
UNION ALL SELECT grp, period, 'done', done, done FROM counts
