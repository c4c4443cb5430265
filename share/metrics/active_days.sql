-- active_days - on how many days there was work on the code
-- unit: days
-- counts: days of a person
-- by: repo, service, team, person
-- empty: zero
-- set: team 12
-- needs: own_commits, opened_pulls, given_reviews
-- chart: trend
-- peers: LinearB (active days)
-- columns: commits, pulls, reviews - of that person on that day
--
-- Days, in the zone of --tz, on which somebody committed (see `commits`),
-- opened a pull request or reviewed one.  n counts each person's days; so the value of
-- a team or repository is at most the length of the period.  Who works without
-- any of the three on a day is not seen: it is no measure of effort.
--
-- rows:
WITH acts AS (
  SELECT grp, period, person, repo, tz_day(committed_at, :tz) AS day,
         1 AS commits, 0 AS pulls, 0 AS reviews
    FROM own_commits
  UNION ALL
  SELECT grp, period, person, repo, tz_day(created_at, :tz), 0, 1, 0
    FROM opened_pulls
  UNION ALL
  SELECT * FROM (
    SELECT CASE WHEN :people
                THEN member('github', account, account_type, NULL)
                ELSE place END AS grp,
           period, reviewer, repo, tz_day(submitted_at, :tz), 0, 0, 1
      FROM given_reviews)
   WHERE grp IS NOT NULL)
SELECT grp, period, day, person, sum(commits) AS commits, sum(pulls) AS pulls,
       sum(reviews) AS reviews
  FROM acts GROUP BY grp, period, day, person
-- figures:
SELECT grp, period, count(DISTINCT day) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
