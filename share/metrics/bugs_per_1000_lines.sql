-- bugs_per_1000_lines - how many bugs there are for the lines that changed
-- unit: bugs
-- counts: pull requests
-- by: service
-- set: bugs 8
-- needs: merged_pulls
-- parameter: bug_types = ["Bug", "Defect"] - the types of issues that are bugs
-- parameter: sizes_known = 0.9 - the share of sizes that must be known
-- chart: trend
-- peers: Apache DevLake (bug count per 1k lines of code)
-- columns: kind - bug or pull_request; lines - that it changed
--
-- Jira issues of the types that are bugs, created in the period, for each 1000
-- lines added or deleted by the pull requests merged in it; bots' are left out.
-- A bug is not traced to a change, so a bug of long ago counts when it is
-- found.  Over all and by service, as a Jira project belongs to a service and
-- not to a repository.
--
-- GitHub tells sizes only of a pull request that is asked for by itself.  Where
-- more than a tenth of them are unknown there is no figure, and the note says
-- so; the unknown ones count as no lines.
--
-- rows:
SELECT grp, period, 'pull_request' AS kind, repo || '#' || number AS key, title,
       lines, merged_at AS counted_at, url
  FROM merged_pulls
UNION ALL
SELECT p.grp, t.period, 'bug', i.key, i.summary, NULL, i.created_at,
       :jira || '/browse/' || i.key
  FROM periods t
  CROSS JOIN (SELECT DISTINCT lower(value) AS type FROM json_each(:bug_types)) b
  CROSS JOIN issues i INDEXED BY issues_type
    ON i.client_id = :client AND i.issue_type COLLATE NOCASE = b.type
   AND i.created_at >= t.since AND i.created_at < t.until
  CROSS JOIN jira_projects p ON p.project = i.project_key
 WHERE i.deleted_at IS NULL AND p.grp IS NOT NULL
-- figures:
WITH counted AS MATERIALIZED (
  SELECT grp, period, sum(kind = 'bug') AS bugs, sum(lines) AS lines,
         sum(kind = 'pull_request') AS n, count(lines) AS known,
         sum(kind = 'pull_request') - count(lines) AS unknown
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period,
       CASE WHEN lines > 0 AND known >= :sizes_known * n
            THEN bugs * 1000.0 / lines END AS value,
       n, nullif(unknown, 0) || ' of unknown size' AS note
  FROM counted
