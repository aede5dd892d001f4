-- Trigger function: appends the counts of inserted deliveries to delivery_delta, by webhook and status.
-- Called by the trigger delivery_inserted, once per statement.
CREATE OR REPLACE FUNCTION count_deliveries_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_delta (webhook_id, status, count)
  SELECT webhook_id, status, count(*) FROM new_rows GROUP BY webhook_id, status;
  RETURN NULL;
END $$;
