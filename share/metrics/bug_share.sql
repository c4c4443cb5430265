-- bug_share - which share of the issues created is bugs
-- unit: ratio
-- counts: issues
-- by: project, service, team, person
-- set: bugs 1
-- needs: created_issues
-- chart: trend
-- columns: bug - 1 for one of the types in bug_types
-- peers: none; proposed here
--
-- A proposal, often called defect ratio: bugs / all issues created in the
-- period.  A bug is an issue of one of the types in `bug_types`, in any case.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, priority, bug,
       created_at, url
  FROM created_issues
-- figures:
SELECT grp, period, avg(bug) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
