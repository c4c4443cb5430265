-- reviewers_per_pull_request - how many people review a pull request
-- unit: people
-- counts: pull requests
-- by: repo, service, team, person
-- set: team 7
-- needs: merged_pulls, merged_reviews
-- chart: trend
-- peers: none; proposed here
-- columns: reviewers - how many
-- columns: names - who
--
-- The mean number of people, others than the author and no bots, who reviewed a
-- pull request up to its merge; those merged without a review count as 0.  Over
-- the pull requests merged in the period.  A person with two accounts is one;
-- accounts that are gone are one together, as nobody can tell them apart.
--
-- rows:
SELECT m.grp, m.period, m.repo, m.number, m.title, m.author,
       (SELECT count(DISTINCT v.reviewer) + coalesce(max(v.reviewer IS NULL), 0)
          FROM merged_reviews v
         WHERE v.repo = m.repo AND v.number = m.number) AS reviewers,
       (SELECT group_concat(reviewer, ', ') FROM (
          SELECT DISTINCT v.reviewer FROM merged_reviews v
           WHERE v.repo = m.repo AND v.number = m.number ORDER BY 1)) AS names,
       m.merged_at, m.url
  FROM merged_pulls m
-- figures:
SELECT grp, period, avg(reviewers) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
