-- Creates the partitions of one UTC day for each of the three tables, named <table>_yyyymmdd. Returns false when they
-- exist. First moves the rows of that day out of the default partitions: PostgreSQL refuses a partition whose rows are
-- in the default one. Waits at most two seconds for a lock, because all inserts wait behind it.
-- Called by ensurePartitions (maintenance and migrate).
CREATE OR REPLACE FUNCTION ensure_partition(day date) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
  suffix text := '_' || to_char(day, 'YYYYMMDD');
  lo uuid := uuid_floor(day::timestamp AT TIME ZONE 'UTC');
  hi uuid := uuid_floor((day + 1)::timestamp AT TIME ZONE 'UTC');
  kind record;
BEGIN
  IF to_regclass('webhook_request' || suffix) IS NOT NULL AND to_regclass('delivery' || suffix) IS NOT NULL
    AND to_regclass('attempt' || suffix) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('whook partitions'));
  -- The lock order of dropDay (maintenance/partitions.ts).
  LOCK TABLE webhook_request_default, delivery_default, attempt_default IN ACCESS EXCLUSIVE MODE;
  FOR kind IN SELECT * FROM (VALUES ('webhook_request', 'id'), ('delivery', 'id'), ('attempt', 'delivery_id')) AS k(name, key) LOOP
    CONTINUE WHEN to_regclass(kind.name || suffix) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION)',
      kind.name || suffix, kind.name);
    -- Writes to the partition itself: the counting triggers belong to the parent, and a move changes no count.
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
      kind.name || '_default', kind.key, lo, kind.key, hi, kind.name || suffix);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      kind.name, kind.name || suffix, lo, hi);
  END LOOP;
  RETURN true;
END $$;
