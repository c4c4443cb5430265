-- lead_time - how long a change takes to reach production
-- unit: min
-- counts: pull requests
-- parts: coding, pickup, review, deploy
-- by: repo, service, team, person
-- set: dora 2
-- needs: production
-- chart: trend
-- peers: Apache DevLake, the same; Four Keys takes each commit from its own
--   time to its deployment, without values below zero, and the interpolated
--   median
-- columns: whole - minutes from the first commit to production, as described
-- columns: method - sha: the deployment carried the merge commit; time: a guess,
--   because a commit is not stored
--
-- The lower median, in minutes, over the merged pull requests whose deployment
-- to production finished in the window (link-deployments(1) says which one
-- that is); --by team or person of its author, bots left out.  Spans are rounded
-- up to whole minutes; one that would be negative counts as absent.
--
--   coding   earliest authored commit of the pull request -> created
--   pickup   created -> first comment or review by someone else
--   review   that comment or review -> merged
--   deploy   merged -> the deployment finished
--   whole    coding + (created -> merged) + deploy, absent ones as 0
--
-- Pickup and review overlap with the middle of the whole and are not added; so
-- the parts need not add up, nor do their medians.  A comment before the
-- creation leaves pickup empty, one after the merge leaves review empty.  When
-- the author is unknown every comment counts.
--
-- A pull request that was deployed before its merge (the deployment carried its
-- commit all the same) counts with no time to deploy.  One merged but not yet
-- deployed is in no figure.
-- The note counts pull requests linked by time, where a commit was not stored.
--
-- rows:
WITH linked AS MATERIALIZED (
  SELECT CASE :people WHEN 1 THEN member('github', q.author, q.author_type, NULL)
                      ELSE p.grp END AS grp,
         p.period, q.repo, q.number, q.title, q.author, q.created_at,
         q.merged_at, p.finished_at AS deployed_at, p.environment, l.method,
         (SELECT min(c.authored_at) FROM pull_request_commits c
           WHERE c.client_id = l.client_id AND c.repo = l.repo
             AND c.number = l.number AND c.deleted_at IS NULL)
           AS first_commit_at,
         (SELECT c.created_at FROM comments c INDEXED BY comments_pull
           WHERE c.client_id = l.client_id AND c.repo = l.repo
             AND c.number = l.number AND c.deleted_at IS NULL
             AND c.created_at IS NOT NULL
             AND (q.author IS NULL OR c.author IS NOT q.author)
           ORDER BY c.created_at LIMIT 1) AS comment_at,
         (SELECT min(r.submitted_at) FROM reviews r
           WHERE r.client_id = l.client_id AND r.repo = l.repo
             AND r.number = l.number AND r.deleted_at IS NULL
             AND (q.author IS NULL OR r.author IS NOT q.author)) AS review_at
    FROM production p
    CROSS JOIN deployment_pull_requests l
      INDEXED BY deployment_pull_requests_deployment
      ON l.client_id = :client AND l.deployment_id = p.id
     AND l.repo = p.repo AND l.environment = p.environment
    CROSS JOIN pull_requests q ON q.client_id = l.client_id
     AND q.repo = l.repo AND q.number = l.number
   WHERE p.result = 'success' AND q.merged_at IS NOT NULL
     AND q.deleted_at IS NULL),
spans AS (
  SELECT *, minutes(first_commit_at, created_at) AS coding,
         minutes(created_at, merged_at) AS open_for,
         minutes(merged_at, deployed_at) AS deploy,
         min(coalesce(comment_at, review_at), coalesce(review_at, comment_at))
           AS first_answer_at
    FROM linked)
SELECT grp, period, repo, number, title, author,
       coalesce(coding, 0) + coalesce(open_for, 0) + coalesce(deploy, 0)
         AS whole,
       coding, minutes(created_at, first_answer_at) AS pickup,
       minutes(first_answer_at, merged_at) AS review, deploy,
       first_commit_at, created_at, first_answer_at, merged_at, deployed_at,
       environment, method,
       (SELECT url FROM repos WHERE repos.repo = spans.repo) || '/pull/' ||
         number AS url
  FROM spans WHERE grp IS NOT NULL
-- figures:
WITH medians AS MATERIALIZED (
  SELECT grp, period, lower_median(whole) AS whole, count(whole) AS wholes,
         lower_median(coding) AS coding, count(coding) AS codings,
         lower_median(pickup) AS pickup, count(pickup) AS pickups,
         lower_median(review) AS review, count(review) AS reviews,
         lower_median(deploy) AS deploy, count(deploy) AS deploys,
         nullif(sum(method = 'time'), 0) AS guesses
    FROM figure_rows GROUP BY grp, period)
SELECT grp, period, NULL AS part, whole AS value, wholes AS n,
       guesses || ' linked by time' AS note FROM medians
UNION ALL SELECT grp, period, 'coding', coding, codings, NULL FROM medians
UNION ALL SELECT grp, period, 'pickup', pickup, pickups, NULL FROM medians
UNION ALL SELECT grp, period, 'review', review, reviews, NULL FROM medians
UNION ALL SELECT grp, period, 'deploy', deploy, deploys, NULL FROM medians
