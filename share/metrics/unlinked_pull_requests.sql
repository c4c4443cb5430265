-- unlinked_pull_requests - which share of pull requests names no Jira issue
-- unit: ratio
-- counts: pull requests
-- parts: pull_requests
-- by: repo, service, team, person
-- set: team 16
-- needs: merged_pulls
-- chart: trend
-- peers: Apache DevLake (unlinked PRs)
-- columns: issues - the keys that it names
--   unlinked - 1: it names none
--
-- Of the pull requests merged in the period, those whose title and branch name
-- no Jira issue that is stored, such as PAY-12 in any case; a key from before
-- the issue moved to another project counts.  pull_requests: how many they are.
-- Without any Jira issue stored there is no data.
--
-- rows:
-- Each step cuts the text at the next hyphen: the letters before it and the
-- number after it may be a key, with an underscore among the letters or not.
WITH RECURSIVE
text(pull, head, rest) AS (
  SELECT rowid, '', upper(coalesce(title, '') || ' ' || coalesce(head_ref, ''))
    FROM merged_pulls
  UNION ALL
  SELECT pull, substr(rest, 1, instr(rest, '-') - 1),
         substr(rest, instr(rest, '-') + 1)
    FROM text WHERE instr(rest, '-') > 0),
keys AS (
  SELECT pull, substr(head, 1 + length(rtrim(head, letters))) || '-' ||
         CAST(rest AS INTEGER) AS key
    FROM text
    CROSS JOIN (
      SELECT 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789' AS letters
      UNION ALL SELECT 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_')
   WHERE head <> '' AND rest GLOB '[1-9]*'
     AND substr(rest, 1 + length(CAST(rest AS INTEGER)), 1)
         NOT GLOB '[A-Z_]'),
former AS MATERIALIZED (
  SELECT DISTINCT upper(c.from_text) AS key
    FROM issue_changes c INDEXED BY issue_changes_field
   WHERE c.client_id = :client AND c.field = 'Key'),
named AS (
  SELECT DISTINCT pull, key FROM keys
   WHERE EXISTS (SELECT 1 FROM issues i INDEXED BY issues_key
                  WHERE i.client_id = :client AND i.key = keys.key
                    AND i.deleted_at IS NULL)
      OR key IN (SELECT key FROM former)),
linked AS MATERIALIZED (
  SELECT pull, group_concat(key, ' ') AS issues
    FROM (SELECT * FROM named ORDER BY pull, key) GROUP BY pull)
SELECT m.grp, m.period, m.repo, m.number, m.title, m.author, m.head_ref,
       l.issues, 0 AS unlinked, m.merged_at, m.url
  FROM linked l CROSS JOIN merged_pulls m ON m.rowid = l.pull
UNION ALL
SELECT m.grp, m.period, m.repo, m.number, m.title, m.author, m.head_ref, NULL,
       1, m.merged_at, m.url
  FROM merged_pulls m WHERE m.rowid NOT IN (SELECT pull FROM linked)
-- figures:
WITH counted AS MATERIALIZED (
  SELECT grp, period, avg(unlinked) AS ratio, sum(unlinked) AS count,
         count(*) AS n,
         EXISTS (SELECT 1 FROM issues WHERE client_id = :client) AS known
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, CASE WHEN known THEN ratio END AS value, n,
       NULL AS unit,
       CASE WHEN NOT known THEN 'no Jira issue is stored' END AS note
  FROM counted
UNION ALL
SELECT grp, period, 'pull_requests', CASE WHEN known THEN count END, n, 'count',
       NULL
  FROM counted
