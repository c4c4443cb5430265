-- Who was in a sprint and left it is told by the changes of the Sprint field
-- alone, which are few among the changes.  They are looked for by time, and
-- what they took an issue out of is read from the index.
CREATE INDEX issue_changes_left
  ON issue_changes (client_id, changed_at, issue_id, from_id, from_text, field)
  WHERE field = 'Sprint' AND (from_id <> '' OR from_text <> '');
