-- collaboration - who reviews whose pull requests
-- unit: count
-- counts: reviews
-- parts: any
-- by: person, team
-- default: person
-- shape: list
-- needs: given_reviews
-- chart: heat
-- peers: LinearB and Code Climate draw such a map
-- columns: part - who reviewed it: a person, or a team
--
-- A matrix: the group wrote, the part reviewed; the value is how many of the
-- group's pull requests the part reviewed in the period, n how many reviews
-- that were.  By team both sides are teams, the same one on both sides
-- included.  Only pairs that met are listed, in the order of their names.
--
-- Reviews count as they are submitted.  Bots and accounts that are gone are on
-- neither side; by team, nor is who is in none.
--
-- rows:
SELECT * FROM (
  SELECT member('github', author_account, author_type, NULL) AS grp, period,
         member('github', account, account_type, NULL) AS part, repo, number,
         id AS review, title, author_account AS author, account AS reviewer,
         lower(state) AS state, submitted_at, url
    FROM given_reviews)
 WHERE grp IS NOT NULL AND part IS NOT NULL
-- figures:
SELECT grp, period, part, count(DISTINCT repo || '#' || number) AS value,
       count(*) AS n
  FROM figure_rows GROUP BY grp, period, part ORDER BY grp, period, part
