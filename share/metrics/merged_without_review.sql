-- merged_without_review - which share of pull requests is merged unreviewed
-- unit: ratio
-- counts: pull requests
-- parts: pull_requests
-- by: repo, service, team, person
-- set: team 9
-- needs: merged_pulls, merged_reviews
-- chart: trend
-- peers: LinearB (PRs merged without review), Apache DevLake
-- columns: unreviewed - 1: nobody reviewed it
--
-- Of the pull requests merged in the period, those that nobody reviewed before
-- the merge: no review of any kind by somebody else than the author who is no
-- bot.  Comments in the conversation are no review.  pull_requests: how many
-- they are.
--
-- rows:
SELECT m.grp, m.period, m.repo, m.number, m.title, m.author,
       NOT EXISTS (SELECT 1 FROM merged_reviews v
                    WHERE v.repo = m.repo AND v.number = m.number)
         AS unreviewed, m.merged_at, m.url
  FROM merged_pulls m
-- figures:
SELECT grp, period, NULL AS part, avg(unreviewed) AS value, count(*) AS n,
       NULL AS unit
  FROM figure_rows GROUP BY grp, period
UNION ALL
SELECT grp, period, 'pull_requests', sum(unreviewed), count(*), 'count'
  FROM figure_rows GROUP BY grp, period
