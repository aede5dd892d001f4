-- Trigger function: subtracts deleted deliveries in delivery_delta, by webhook and status.
-- Called by the trigger delivery_deleted, once per statement.
CREATE OR REPLACE FUNCTION count_deliveries_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_delta (webhook_id, status, count)
  SELECT webhook_id, status, -count(*) FROM old_rows GROUP BY webhook_id, status;
  RETURN NULL;
END $$;
