-- commit_weekdays - on which days of the week commits are written
-- unit: count
-- counts: commits
-- parts: monday, tuesday, wednesday, thursday, friday, saturday, sunday
-- by: repo, service, team, person
-- shape: list
-- needs: own_commits
-- chart: bars
-- peers: GitHub's punch card, of a repository's statistics
-- columns: weekday - 0 (Monday) to 6
--
-- The commits of the metric `commits`, by the day of the week on which they
-- were authored, in the zone of --tz: seven parts, those without a commit as 0.
-- The period is told by the date of commit.
--
-- rows:
SELECT grp, period, tz_weekday(coalesce(authored_at, committed_at), :tz)
         AS weekday, repo, sha, author, authored_at, committed_at,
       url || '/commit/' || sha AS url
  FROM own_commits
-- figures:
WITH names(weekday, name) AS (
  VALUES (0, 'monday'), (1, 'tuesday'), (2, 'wednesday'), (3, 'thursday'),
         (4, 'friday'), (5, 'saturday'), (6, 'sunday')),
counted AS MATERIALIZED (
  SELECT grp, period, weekday, count(*) AS n
    FROM figure_rows GROUP BY grp, period, weekday)
SELECT w.grp, w.period, name AS part,
       sum(w.n * (w.weekday = d.weekday)) AS value,
       sum(w.n * (w.weekday = d.weekday)) AS n
  FROM counted w CROSS JOIN names d
 GROUP BY w.grp, w.period, d.weekday ORDER BY w.grp, w.period, d.weekday
