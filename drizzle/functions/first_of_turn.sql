-- Returns the delivery that has the ordering slot of a value: the oldest open one.
-- A function and not a join: with a join PostgreSQL reads the whole destination queue for every claim.
-- Stable, so it sees the snapshot of the calling statement.
-- Called by park_out_of_turn(), claim_ahead() and claim_deliveries() for each due delivery.
CREATE OR REPLACE FUNCTION first_of_turn(lane uuid, value text) RETURNS uuid
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    SELECT d.id FROM delivery d
    WHERE d.destination_id = lane AND d.ordering_value = value AND d.ordering_value IS NOT NULL
      AND d.status IN ('pending', 'retrying', 'held', 'delivering')
    ORDER BY d.request_id, d.id LIMIT 1);
END $$;
