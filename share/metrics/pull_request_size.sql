-- pull_request_size - how many lines a merged pull request changes
-- unit: lines
-- counts: pull requests
-- parts: p90, files
-- by: repo, service, team, person
-- set: team 2
-- needs: merged_pulls
-- chart: trend whole p90
-- peers: LinearB (PR size); Apache DevLake takes the mean
-- columns: lines - added and deleted ones together; empty: not known
-- columns: files - how many it changes; empty: not known
--
-- Lines added and lines deleted together, of the pull requests merged in the
-- period: the lower median; p90: nine of ten are not larger (the largest value
-- whose percent rank is at most 0.9).  files: the lower median of the changed
-- files.
--
-- GitHub tells sizes only of a pull request that is asked for by itself; those
-- without are in no figure, and the note counts them.
--
-- rows:
SELECT grp, period, repo, number, title, author, lines, files, merged_at, url
  FROM merged_pulls
-- figures:
WITH sizes AS MATERIALIZED (
  SELECT grp, period, lower_median(lines) AS median,
         percentile(lines, 0.9) AS p90, count(lines) AS n,
         nullif(sum(lines IS NULL), 0) || ' of unknown size' AS note,
         lower_median(files) AS files, count(files) AS files_n
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, median AS value, n, NULL AS unit, note
  FROM sizes
UNION ALL SELECT grp, period, 'p90', p90, n, NULL, NULL FROM sizes
UNION ALL SELECT grp, period, 'files', files, files_n, 'files', NULL FROM sizes
