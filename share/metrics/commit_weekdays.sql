-- commit_weekdays - on which days of the week commits are written
-- unit: count
-- counts: commits
-- parts: monday, tuesday, wednesday, thursday, friday, saturday, sunday
-- by: repo, service, team, person
-- empty: zero
-- needs: own_commits
-- chart: bars
--
-- The commits of the metric `commits`, by the day of the week on which they
-- were authored, in the zone of --tz.  The period is told by the date of
-- commit.
--
-- rows:
WITH names(weekday, name) AS (
  VALUES (0, 'monday'), (1, 'tuesday'), (2, 'wednesday'), (3, 'thursday'),
         (4, 'friday'), (5, 'saturday'), (6, 'sunday'))
SELECT grp, period,
       (SELECT name FROM names
         WHERE weekday = tz_weekday(coalesce(authored_at, committed_at), :tz))
         AS weekday, repo, sha, author, authored_at, committed_at,
       url || '/commit/' || sha AS url
  FROM own_commits
-- figures:
SELECT grp, period, NULL AS part, count(*) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, weekday, count(*), count(*)
  FROM figure_rows GROUP BY grp, period, weekday
