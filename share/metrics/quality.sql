-- quality - how complete, right and timely the stored data are
-- unit: ratio
-- counts: checks
-- parts: completeness, consistency, accuracy, timeliness
-- by: type, repo, project
-- every: none
-- shape: list
-- set: quality 1
-- needs: quality_checks
-- columns: checked - how many records were asked
-- columns: bad - how many of them broke it
-- columns: key - one that did, such as an issue's key; then checked is 0
-- peers: none; the four dimensions of the data-quality literature
--
-- The share of checks that held; a check asks each record of a type one
-- question, such as whether a pull request was merged after it was created.
-- --rows names the records that broke one, `metrics quality_problems` counts
-- them.
--
--   completeness  what a record should have is there: questions about all
--                 stored rows, and what validate(1) told of the fields of the
--                 records checked in the window
--   consistency   records agree with themselves and each other: reviews have
--                 their pull request, issues their project, nothing ended
--                 before it began, ...
--   accuracy      records that broke no rule of validate(1), of those checked
--                 in the window
--   timeliness    scopes (repositories, projects, ...) whose data are at most
--                 `fresh` old
--
-- By type it is told for each record type (for each job, where the data's age
-- is concerned), by repo and project for each scope.  All stored rows of the
-- client are read, whatever the window; it costs seconds on big databases.
--
-- rows:
SELECT grp, '' AS period, part, type, scope, name AS "check", checked,
       iif(keys = '[]', bad, 0) AS bad, NULL AS key, NULL AS url
  FROM quality_checks WHERE part IS NOT NULL AND coalesce(grp, '') <> ''
UNION ALL
SELECT q.grp, '', q.part, q.type, q.scope, q.name, 0, 1, k.value,
       CASE q.type
         WHEN 'github_pr' THEN
           (SELECT url FROM repos WHERE repo = q.scope) || '/pull/' || k.value
         WHEN 'github_review' THEN
           (SELECT url FROM repos WHERE repo = q.scope) || '/pull/' || k.value
         WHEN 'jira_issue' THEN
           iif(q.scope = '', NULL, :jira || '/browse/' || k.value) END
  FROM quality_checks q CROSS JOIN json_each(q.keys) k
 WHERE q.part IS NOT NULL AND coalesce(q.grp, '') <> ''
-- figures:
SELECT grp, period, part, 1 - total(bad) / sum(checked) AS value,
       sum(checked) AS n
  FROM figure_rows GROUP BY grp, period, part
 ORDER BY grp, CASE part WHEN 'completeness' THEN 1 WHEN 'consistency' THEN 2
                         WHEN 'accuracy' THEN 3 ELSE 4 END
