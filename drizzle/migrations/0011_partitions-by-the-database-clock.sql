-- When each maintenance task runs next, by the clock of the database. One worker claims a task's turn.
CREATE TABLE "maintenance_task" (
	"task" text PRIMARY KEY NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
-- Deleted webhooks and destinations whose rows in the large tables are still there. Written by triggers, so that a clean-up
-- costs what was deleted, not what exists.
CREATE TABLE "deletion" (
	"kind" text NOT NULL,
	"id" uuid NOT NULL,
	"deleted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"checked_at" timestamp (3) with time zone,
	CONSTRAINT "deletion_kind_id_pk" PRIMARY KEY("kind","id")
);
--> statement-breakpoint
CREATE FUNCTION note_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletion (kind, id) VALUES (TG_TABLE_NAME, OLD.id)
  ON CONFLICT (kind, id) DO UPDATE SET deleted_at = now(), checked_at = NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER webhook_deleted AFTER DELETE ON webhook FOR EACH ROW EXECUTE FUNCTION note_deletion();
--> statement-breakpoint
CREATE TRIGGER destination_deleted AFTER DELETE ON destination FOR EACH ROW EXECUTE FUNCTION note_deletion();
--> statement-breakpoint
-- Webhooks deleted before the trigger existed, as far as they had deliveries. The rest expires with its day.
INSERT INTO deletion (kind, id)
SELECT DISTINCT 'webhook', c.webhook_id FROM delivery_counter c
WHERE NOT EXISTS (SELECT FROM webhook w WHERE w.id = c.webhook_id)
ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- The table is small: one row a replay.
CREATE INDEX "replay_running_idx" ON "replay" USING btree ("stepped_at") WHERE "replay"."status" = 'running';
--> statement-breakpoint
-- The partitions of one UTC day for each of the three tables, named <table>_yyyymmdd. Rows of that day in the default
-- partitions move into them first: PostgreSQL refuses a partition whose rows are in the default one. Waits at most two
-- seconds for a lock, because all inserts would wait behind it. Returns false when the day had its partitions already.
CREATE FUNCTION ensure_partition(day date) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
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
  -- In the order in which a day is dropped.
  LOCK TABLE webhook_request_default, delivery_default, attempt_default IN ACCESS EXCLUSIVE MODE;
  FOR kind IN SELECT * FROM (VALUES ('webhook_request', 'id'), ('delivery', 'id'), ('attempt', 'delivery_id')) AS k(name, key) LOOP
    CONTINUE WHEN to_regclass(kind.name || suffix) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION)',
      kind.name || suffix, kind.name);
    -- The partition itself: the triggers that count deliveries belong to the parent, and a move changes no count.
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
      kind.name || '_default', kind.key, lo, kind.key, hi, kind.name || suffix);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      kind.name, kind.name || suffix, lo, hi);
  END LOOP;
  RETURN true;
END $$;
--> statement-breakpoint
-- For processes of earlier versions: a day that cannot be made does not take the others with it.
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
--> statement-breakpoint
-- Jobs of the ingest queue that no running worker can read, until one of another version stores them.
CREATE TABLE "unreadable_job" (
	"job_id" text PRIMARY KEY NOT NULL,
	"found_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
