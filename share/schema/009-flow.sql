-- Where issues stand, and when they moved: so that figures over a window of
-- time cost that window.

CREATE INDEX issues_status
  ON issues (client_id, project_key, status, status_id)
  WHERE deleted_at IS NULL;
CREATE INDEX issue_changes_status ON issue_changes (client_id, changed_at, to_id)
  WHERE field = 'status';
