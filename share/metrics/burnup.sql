-- burnup - how much a sprint got done, and of how much
-- unit: points
-- counts: changes
-- parts: scope, ideal
-- by: sprint
-- every: none
-- default: sprint
-- shape: list
-- needs: jira_sprints, sprint_events, sprint_days
-- chart: burnup whole scope ideal
-- peers: Jira's burnup report
-- columns: event - start, added, removed, estimated, done, reopened, or
--   unmapped and mapped: its status left the board or came back;
--   remaining, completed - by how much they rose
--
-- Of each sprint that closed in the window or runs at its end: the story points
-- of the issues in the sprint that are in the last column of the board, without
-- those that were done before the sprint started with them, at the end of each
-- day from the start to the close, or to now.  On the last day of a closed
-- sprint it is what the sprint completed (see completed).
--
--   scope   what is done and what remains (see burndown)
--   ideal   the commitment in equal shares for each calendar day up to the
--           planned end
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
SELECT grp, period, NULL AS part, completed AS value, n, unit FROM sprint_days
UNION ALL
SELECT grp, period, 'scope', completed + remaining, n, unit FROM sprint_days
UNION ALL
SELECT grp, period, 'ideal', committed * (1 - left), n, unit FROM sprint_days
 ORDER BY grp, period
