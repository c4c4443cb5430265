-- work_in_progress - how many pull requests are open
-- unit: count
-- counts: pull requests
-- by: repo, service, team, person
-- empty: zero
-- set: team 13
-- needs: open_pulls
-- chart: trend
-- peers: LinearB (work in progress)
-- columns: created_at - since when it is open
--
-- Pull requests open at the end of the period, or now where that is still to
-- come: created before it and not closed or merged before it.  Drafts count.
--
-- rows:
SELECT grp, period, repo, number, title, author, created_at, url
  FROM open_pulls
-- figures:
SELECT grp, period, count(*) AS value, count(*) AS n
  FROM figure_rows GROUP BY grp, period
