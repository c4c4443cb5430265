-- stale_pull_requests - how many open pull requests nobody works on
-- unit: count
-- counts: pull requests
-- by: repo, service, team, person
-- empty: zero
-- set: team 14
-- needs: open_pulls
-- parameter: stale = "14d" - after how long without anything it is stale
-- chart: trend
-- peers: none; proposed here, as actions/stale does after 60 days
-- columns: last_at - the last thing that happened to it
--
-- Pull requests open at the end of the period, or now where that is still to
-- come, to which nothing happened for two weeks (--set stale=30d for another
-- span).  Something is: the creation, a commit, a review or a comment by
-- anybody but bots, so that a bot's reminder wakes nothing.  Labels and edits
-- are not seen.  Proposal.
--
-- rows:
-- The plus keeps SQLite from the index by time: the pull request finds more.
WITH quiet AS MATERIALIZED (
  SELECT o.*,
         max(o.created_at,
             coalesce((SELECT max(+v.submitted_at) FROM reviews v
                        WHERE v.client_id = :client AND v.repo = o.repo
                          AND v.number = o.number AND +v.submitted_at < o.at
                          AND v.deleted_at IS NULL
                          AND (v.author IS NULL
                               OR person('github', v.author, v.author_type,
                                         NULL) IS NOT NULL)), 0),
             coalesce((SELECT max(c.created_at)
                         FROM comments c INDEXED BY comments_pull
                        WHERE c.client_id = :client AND c.repo = o.repo
                          AND c.number = o.number AND c.created_at < o.at
                          AND c.deleted_at IS NULL
                          AND (c.author IS NULL
                               OR person('github', c.author, c.author_type,
                                         NULL) IS NOT NULL)), 0),
             coalesce((SELECT max(k.committed_at)
                         FROM pull_request_commits k
                        WHERE k.client_id = :client AND k.repo = o.repo
                          AND k.number = o.number AND k.committed_at < o.at
                          AND k.deleted_at IS NULL
                          AND (k.author IS NULL
                               OR person('github', k.author, NULL,
                                         k.author_name) IS NOT NULL)), 0))
           AS last_at
    FROM open_pulls o)
SELECT grp, period, repo, number, title, author, created_at, last_at,
       minutes(last_at, at) AS minutes, url
  FROM quiet WHERE last_at <= at - seconds(:stale)
-- figures:
SELECT grp, period, count(*) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
