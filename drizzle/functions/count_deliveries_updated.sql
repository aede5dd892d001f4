-- Trigger function: appends the counts of changed states to delivery_delta, by webhook and status.
-- Called by the trigger delivery_updated, once per statement.
CREATE OR REPLACE FUNCTION count_deliveries_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_delta (webhook_id, status, count)
  SELECT webhook_id, status, sum(n) FROM (
    SELECT webhook_id, status, 1 AS n FROM new_rows UNION ALL SELECT webhook_id, status, -1 FROM old_rows
  ) AS moved GROUP BY webhook_id, status HAVING sum(n) <> 0;
  RETURN NULL;
END $$;
