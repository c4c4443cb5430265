-- bug_age - how old a bug was when it was resolved
-- unit: days
-- counts: bugs
-- by: project, service, team, person
-- set: bugs 5
-- needs: done_issues
-- parameter: bug_types = ["Bug", "Defect"] - the types of issues that are bugs
-- chart: trend
-- columns: days - from creation to resolution
-- peers: Apache DevLake
--
-- Resolution - creation, the lower median over the bugs (issues of the types in
-- `bug_types`) that are done now and were resolved in the period; without a
-- resolution date the last move into done counts.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, priority,
       CASE WHEN done_at >= created_at
            THEN (done_at - created_at) / 86400.0 END AS days,
       created_at, done_at AS resolved_at, resolution, url
  FROM done_issues
 WHERE type COLLATE NOCASE IN (SELECT value FROM json_each(:bug_types))
-- figures:
SELECT grp, period, lower_median(days) AS value, count(days) AS n
  FROM figure_rows GROUP BY grp, period
