-- Creates the partitions of several days. A day that fails is a warning, and the other days continue.
-- Called by processes of earlier versions and by seeds. Current workers call ensure_partition().
CREATE OR REPLACE FUNCTION ensure_partitions(first_day date, last_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  day date;
BEGIN
  FOR day IN SELECT generate_series(first_day, last_day, interval '1 day')::date LOOP
    BEGIN
      PERFORM ensure_partition(day);
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'no partitions for %: %', day, SQLERRM;
    END;
  END LOOP;
END $$;
