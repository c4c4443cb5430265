-- open_bug_age - for how long open bugs have been waiting
-- unit: days
-- counts: bugs
-- parts: oldest
-- by: project, service, team, person
-- every: none
-- set: bugs 6
-- needs: open_issues
-- columns: days - since its creation
-- peers: Apache DevLake calls it outstanding age
--
-- Of the bugs (issues of the types in `bug_types`) that are not done, the days
-- since their creation; the lower median, and the oldest.  As of now, or of the
-- end of a window in the past.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, priority, status,
       (:now - created_at) / 86400.0 AS days, created_at, url
  FROM open_issues WHERE bug
 ORDER BY created_at
-- figures:
SELECT grp, period, NULL AS part, lower_median(days) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'oldest', max(days), count(*)
  FROM figure_rows GROUP BY grp, period
