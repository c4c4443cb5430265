-- ends - when the periods end, or now where that is still to come
-- index: at
--
-- A period that has not begun yet has no row.
--
-- table:
SELECT period, CAST(min(until, :now) AS INTEGER) AS at
  FROM periods WHERE since < :now
