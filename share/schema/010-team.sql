-- What team analytics look up by time: reviews as they were given, and pull
-- requests that were not merged: open ones (closed_at is NULL) as they began,
-- the others as they were closed.

CREATE INDEX reviews_submitted ON reviews (client_id, submitted_at)
  WHERE submitted_at IS NOT NULL;
CREATE INDEX pull_requests_unmerged
  ON pull_requests (client_id, closed_at, created_at)
  WHERE merged_at IS NULL;
