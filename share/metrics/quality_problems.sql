-- quality_problems - how many records break which check
-- unit: count
-- counts: records checked
-- parts: any
-- by: type, repo, project
-- every: none
-- shape: list
-- set: quality 2
-- needs: quality_checks
-- columns: keys - a JSON array of those that did
-- peers: none; see quality
--
-- The checks of `metrics explain quality` that some record broke, each with how
-- many did; those called `rule ...` are the rules of validate(1) that records
-- in the window broke.  Whatever breaks none is not shown.
--
-- rows:
SELECT grp, '' AS period, type || ': ' || name AS problem, scope, checked,
       CAST(round(bad) AS INTEGER) AS bad, keys
  FROM quality_checks
 WHERE bad > 0 AND name <> 'wanted fields are there' AND coalesce(grp, '') <> ''
 ORDER BY bad DESC
-- figures:
SELECT grp, period, problem AS part, sum(bad) AS value, sum(checked) AS n
  FROM figure_rows GROUP BY grp, period, problem ORDER BY grp, 4 DESC, problem
