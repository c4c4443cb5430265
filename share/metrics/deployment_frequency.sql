-- deployment_frequency - on how many days a week production is deployed to
-- unit: days_per_week
-- counts: deployments
-- by: repo, service
-- set: dora 1
-- needs: production
-- chart: trend
-- peers: Apache DevLake, the same; Four Keys counts weeks with a deployment
--   instead, daily from a median of 3 days a week on
-- columns: day - in the zone of --tz
--
-- Days with at least one successful deployment to production, counted for each
-- week from Monday on; the figure is the lower median over the weeks of the
-- window, those without a deployment included as 0 (of 4 weeks the 2nd lowest).
-- The first and last week may be cut by the window, which lowers the figure.
-- Only the last 400 days of a window are counted.  Days are those of --tz.
--
-- --by month gives the days of each month, and --by day 1 or 0 for each day.
-- No figure at all ("no data") only where nothing was ever deployed; else none
-- in the window is 0.
--
-- Bands look at days_per_week and, below one, at days_per_month (lower median
-- over the months) and days_per_six_months (upper median of the sums of six
-- months in a row).
--
-- A deployment succeeded when it has a success status, also when it turned
-- inactive later, or nothing but inactive ones; it counts when it first did.
-- Columns of the rows: one a successful deployment to production.
--
-- rows:
SELECT grp, period, repo, environment, id AS deployment, kind,
       tz_day(finished_at, :tz) AS day, finished_at, url
  FROM production WHERE result = 'success'
-- figures:
WITH RECURSIVE
known(grp) AS MATERIALIZED (
  SELECT DISTINCT grp FROM repos
   WHERE grp IS NOT NULL AND EXISTS (
         SELECT 1 FROM production_deployments d
          WHERE d.client_id = :client AND d.repo = repos.repo
            AND d.result = 'success')),
grid(period, first, day, last) AS (
  SELECT period, tz_day(max(since, until - 400 * 86400), :tz),
         tz_day(max(since, until - 400 * 86400), :tz), tz_day(until - 1, :tz)
    FROM periods
  UNION ALL
  SELECT period, first, date(day, '+1 day'), last FROM grid WHERE day < last),
-- 1 for each day with a deployment, 0 for each week and month without.
hits(grp, period, week, month, hit) AS (
  SELECT grp, period, date(day, 'weekday 0', '-6 days'),
         date(day, 'start of month'), 1
    FROM (SELECT DISTINCT grp, period, day FROM figure_rows)
   WHERE day >= (SELECT min(first) FROM grid)
  UNION ALL
  SELECT grp, period, week, month, 0
    FROM known CROSS JOIN (
      SELECT DISTINCT period, date(day, 'weekday 0', '-6 days') AS week,
             date(day, 'start of month') AS month FROM grid)),
weeks(grp, period, days) AS (
  SELECT grp, period, sum(hit) FROM hits GROUP BY grp, period, week),
months(grp, period, month, days) AS (
  SELECT grp, period, month, sum(hit) FROM hits GROUP BY grp, period, month),
halves(grp, period, days) AS (
  SELECT grp, period, sum(days) OVER (PARTITION BY grp, period ORDER BY month
                                      ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)
    FROM months),
medians(grp, period, name, value) AS (
  SELECT grp, period, 'week', lower_median(days) FROM weeks GROUP BY 1, 2
  UNION ALL
  SELECT grp, period, 'month', lower_median(days) FROM months GROUP BY 1, 2
  UNION ALL
  SELECT grp, period, 'half', upper_median(days) FROM halves GROUP BY 1, 2
  UNION ALL
  SELECT grp, period, 'n', count(*) FROM figure_rows GROUP BY 1, 2
  UNION ALL
  SELECT grp, period, 'releases', count(*) FROM figure_rows
   WHERE kind = 'release' GROUP BY 1, 2),
figures AS (
  SELECT grp, period,
         max(value) FILTER (WHERE name = 'week') AS days_per_week,
         max(value) FILTER (WHERE name = 'month') AS days_per_month,
         max(value) FILTER (WHERE name = 'half') AS days_per_six_months,
         coalesce(max(value) FILTER (WHERE name = 'n'), 0) AS n,
         max(value) FILTER (WHERE name = 'releases') AS releases
    FROM medians GROUP BY grp, period)
SELECT grp, period,
       CASE :every WHEN 'month' THEN days_per_month ELSE days_per_week END
         AS value,
       CASE :every WHEN 'month' THEN 'days_per_month' WHEN 'day' THEN 'days'
                   ELSE 'days_per_week' END AS unit,
       n, days_per_week, days_per_month, days_per_six_months,
       releases || ' from releases' AS note
  FROM figures
