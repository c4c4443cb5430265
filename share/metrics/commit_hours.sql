-- commit_hours - at which hours of the day commits are written
-- unit: count
-- counts: commits
-- parts: any
-- by: repo, service, team, person
-- shape: list
-- needs: own_commits
-- chart: bars
-- peers: GitHub's punch card, of a repository's statistics
-- columns: hour - of the day, 00 to 23
-- columns: weekday - 0 (Monday) to 6
--
-- The commits of the metric `commits`, by the hour in which they were
-- authored, in the zone of --tz: 24 parts, 00 to 23, those without a commit as
-- 0.  GitHub gives all times in UTC, so the hour on the author's own clock is
-- not known; people in several zones are best seen one by one.  The period is
-- told by the date of commit.
--
-- rows:
SELECT grp, period,
       printf('%02d', tz_hour(coalesce(authored_at, committed_at), :tz))
         AS hour,
       tz_weekday(coalesce(authored_at, committed_at), :tz) AS weekday,
       repo, sha, author, authored_at, committed_at,
       url || '/commit/' || sha AS url
  FROM own_commits
-- figures:
WITH RECURSIVE hours(hour) AS (
  SELECT 0 UNION ALL SELECT hour + 1 FROM hours WHERE hour < 23),
counted AS MATERIALIZED (
  SELECT grp, period, CAST(hour AS INTEGER) AS hour, count(*) AS n
    FROM figure_rows GROUP BY grp, period, hour)
SELECT w.grp, w.period, printf('%02d', h.hour) AS part,
       sum(w.n * (w.hour = h.hour)) AS value, sum(w.n * (w.hour = h.hour)) AS n
  FROM counted w CROSS JOIN hours h
 GROUP BY w.grp, w.period, h.hour ORDER BY w.grp, w.period, h.hour
