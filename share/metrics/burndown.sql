-- burndown - how much is left to do in a sprint, day by day
-- unit: points
-- counts: changes
-- parts: ideal, commitment, scope
-- by: sprint
-- every: none
-- default: sprint
-- shape: list
-- needs: jira_sprints, sprint_events, sprint_days
-- chart: burndown whole ideal scope
-- peers: Jira's burndown chart
-- columns: event - start, added, removed, estimated, done, reopened, or
--   unmapped and mapped: its status left the board or came back;
--   remaining, completed - by how much they rose
--
-- Of each sprint that closed in the window or runs at its end: the story points
-- of the issues in the sprint that are on the board and not in its last column,
-- at the end of each day from the start to the close, or to now.  Before the
-- first day's changes it is the commitment, which is never corrected later.
-- It falls when an issue is done and rises when one is reopened.  All other
-- changes are changes of scope: issues added and removed, and estimates.  What
-- closing the sprint moves to the next one is not burnt.
--
--   ideal        the commitment, less an equal share for each calendar day up
--                to the planned end
--   commitment   that of the sprint (see commitment)
--   scope        by how much the scope changed on that day (see scope_change),
--                issues whose status came to the board or left it included
--
-- Days are those of --tz; at most 400 of a sprint that nobody closes.  Rows are
-- the changes, and the issues at the start.  --set measure=issues counts
-- issues, --set sprint=NAME takes one sprint only.
--
-- rows:
SELECT s.label AS grp, tz_day(e.at, :tz) AS period, s.project, i.key,
       i.issue_type, i.summary, e.event, e.at AS changed_at, e.added,
       e.removed, e.estimated, e.remaining, e.completed,
       :jira || '/browse/' || i.key AS url
  FROM sprint_events e CROSS JOIN jira_sprints s ON s.sprint = e.sprint
  CROSS JOIN issues i ON i.client_id = :client AND i.id = e.issue
 ORDER BY s.started_at, s.sprint, e.at, e.edit
-- figures:
SELECT grp, period, NULL AS part, remaining AS value, n, unit FROM sprint_days
UNION ALL
SELECT grp, period, 'ideal', committed * left, n, unit FROM sprint_days
UNION ALL
SELECT grp, period, 'commitment', committed, n, unit FROM sprint_days
UNION ALL
SELECT grp, period, 'scope', scope, n, unit FROM sprint_days
 ORDER BY grp, period
