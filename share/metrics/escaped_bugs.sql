-- escaped_bugs - which share of the bugs was found in production
-- unit: ratio
-- counts: bugs
-- by: project, service, team, person
-- set: bugs 4
-- needs: created_issues
-- parameter: production_labels = ["production", "prod", "escaped",
--   "customer-reported"] - labels of bugs that were found in production
-- parameter: affected_versions = "yes" - whether a bug with an affected version
--   escaped; no: only labels tell
-- chart: trend
-- columns: escaped - 1 for one found in production
-- peers: none; proposed here
--
-- A proposal: bugs found in production / all bugs, over the bugs (issues of the
-- types in `bug_types`) created in the period.  A bug was found in production
-- when it has one of the labels in `production_labels`, in any case, or names a
-- version that it affects.
--
-- rows:
SELECT grp, period, key, project, type, summary, assignee, priority,
       (EXISTS (SELECT 1 FROM json_each(e.labels) l
                 WHERE l.value COLLATE NOCASE IN (
                   SELECT value FROM json_each(:production_labels)))
        OR (:affected_versions = 'yes' AND EXISTS (
              SELECT 1 FROM issue_versions v
               WHERE v.client_id = :client AND v.issue_id = e.issue)))
         AS escaped,
       labels, created_at, url
  FROM created_issues e WHERE bug
-- figures:
SELECT grp, period, avg(escaped) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
