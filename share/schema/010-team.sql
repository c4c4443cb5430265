-- What team analytics look up by time: reviews as they were given, pull
-- requests as they ended, and those that are open.

CREATE INDEX reviews_submitted ON reviews (client_id, submitted_at)
  WHERE submitted_at IS NOT NULL;
CREATE INDEX pull_requests_closed
  ON pull_requests (client_id, closed_at, created_at)
  WHERE closed_at IS NOT NULL;
CREATE INDEX pull_requests_open ON pull_requests (client_id, created_at)
  WHERE closed_at IS NULL;
