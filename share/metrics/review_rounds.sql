-- review_rounds - how often a pull request goes to review
-- unit: rounds
-- counts: pull requests
-- parts: sent_back
-- by: repo, service, team, person
-- set: team 5
-- needs: merged_pulls, merged_reviews
-- chart: trend
-- peers: Code Climate (review cycles); Apache DevLake and LinearB have none
-- columns: rounds - pushes that were reviewed
--   sent_back - rounds that asked for changes and had a further one
--
-- A round is all that was said about one pushed state: the reviews of one head
-- commit, by others than the author and no bots, up to the merge.  Reviewed and
-- merged as it is: 1; commits pushed and the new head reviewed: 2; and so on.
-- sent_back counts the rounds in which changes were requested and which were
-- followed by a push and a review of it.  Proposal; both are means over the
-- pull requests merged in the period that were reviewed at all (the others are
-- in merged_without_review).
--
-- Rounds go by the commit that a review names, so it does not matter when
-- GitHub turns a review into a dismissed one; but such a review asks for
-- changes no more.  A review that names no commit begins no round of its own.
--
-- rows:
WITH heads AS (
  SELECT repo, number, commit_sha, min(submitted_at) AS first_at,
         max(state = 'CHANGES_REQUESTED') AS asked, count(*) AS reviews
    FROM merged_reviews GROUP BY repo, number, commit_sha),
turns AS (
  SELECT *, max(first_at) FILTER (WHERE commit_sha IS NOT NULL)
              OVER (PARTITION BY repo, number) AS latest_at
    FROM heads),
counted AS MATERIALIZED (
  SELECT repo, number, max(1, count(commit_sha)) AS rounds,
         count(*) FILTER (WHERE commit_sha IS NOT NULL AND asked
                            AND first_at < latest_at) AS sent_back,
         sum(reviews) AS reviews
    FROM turns GROUP BY repo, number)
SELECT m.grp, m.period, m.repo, m.number, m.title, m.author, n.rounds,
       n.sent_back, n.reviews, m.merged_at, m.url
  FROM counted n
  CROSS JOIN merged_pulls m ON m.repo = n.repo AND m.number = n.number
-- figures:
SELECT grp, period, NULL AS part, avg(rounds) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'sent_back', avg(sent_back), count(*)
  FROM figure_rows GROUP BY grp, period
