-- spans - the periods, to be found by a moment in them
-- index: since
--
-- The period of a moment in the window is the last that had begun by then, as
-- they lie back to back.
--
-- table:
SELECT period, since FROM periods
