-- Where issues stand, and when they moved: so that figures over a window of
-- time cost that window.  The last columns, always the same, let SQLite answer
-- from the index alone.

CREATE INDEX issues_status
  ON issues (client_id, project_key, status, status_id, deleted_at)
  WHERE deleted_at IS NULL;
-- Open ones, and the done ones of projects that set no resolution date.
CREATE INDEX issues_unresolved
  ON issues (client_id, project_key, created_at, resolutiondate, deleted_at)
  WHERE resolutiondate IS NULL AND deleted_at IS NULL;
CREATE INDEX issue_changes_status
  ON issue_changes (client_id, changed_at, to_id, field)
  WHERE field = 'status';
