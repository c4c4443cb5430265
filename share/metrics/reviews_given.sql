-- reviews_given - how many reviews were given
-- unit: count
-- counts: reviews
-- parts: approved, changes_requested, commented, pull_requests
-- by: repo, service, team, person
-- empty: zero
-- set: team 8
-- needs: given_reviews
-- chart: trend
-- peers: LinearB (reviews)
-- columns: author, reviewer - their accounts
-- columns: state - what the reviewer said
--
-- Reviews submitted in the period, of pull requests that somebody else wrote; a
-- bot's pull request counts, a bot's review does not.  Each submission counts,
-- also several on one pull request; pull_requests counts those that were
-- reviewed, once each.  Dismissed reviews are in the whole only.
--
-- By person and team a review is the reviewer's; one by an account that is gone
-- counts over all, by repository and by service.
--
-- rows:
SELECT * FROM (
  SELECT CASE WHEN :people
              THEN member('github', account, account_type, NULL)
              ELSE place END AS grp,
         period, repo, number, id AS review, title, author_account AS author,
         account AS reviewer, lower(state) AS state, submitted_at, url
    FROM given_reviews)
 WHERE grp IS NOT NULL
-- figures:
WITH counted AS MATERIALIZED (
  SELECT grp, period, count(*) AS n, sum(state = 'approved') AS approved,
         sum(state = 'changes_requested') AS changes_requested,
         sum(state = 'commented') AS commented,
         count(DISTINCT repo || '#' || number) AS pull_requests
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, n AS value, n FROM counted
UNION ALL SELECT grp, period, 'approved', approved, n FROM counted
UNION ALL
SELECT grp, period, 'changes_requested', changes_requested, n FROM counted
UNION ALL SELECT grp, period, 'commented', commented, n FROM counted
UNION ALL SELECT grp, period, 'pull_requests', pull_requests, n FROM counted
