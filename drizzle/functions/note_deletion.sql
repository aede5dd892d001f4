-- Trigger function: inserts the deleted row into deletion, for the clean-up of the large tables (maintenance/purge.ts).
-- Called by the triggers webhook_deleted and destination_deleted, once per row.
CREATE OR REPLACE FUNCTION note_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletion (kind, id) VALUES (TG_TABLE_NAME, OLD.id)
  ON CONFLICT (kind, id) DO UPDATE SET deleted_at = now(), checked_at = NULL;
  RETURN NULL;
END $$;
