-- Takes due deliveries out of a destination queue (next_attempt_at null) that do not have the ordering slot of their
-- value. wake_turns() puts them back. Reads the first `look` due deliveries. Returns how many it took out.
-- Called by claim_ahead() and claim_deliveries(), which lock the destination's state first.
CREATE OR REPLACE FUNCTION park_out_of_turn(lane uuid, look int) RETURNS int
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- A variable: PostgreSQL uses no index for the result of a volatile function.
  now_at timestamptz := clock_timestamp();
  ids uuid[];
  parked int;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT d.id, d.ordering_value FROM delivery d
    WHERE d.destination_id = lane AND d.status IN ('pending', 'retrying', 'held') AND d.next_attempt_at <= now_at
    ORDER BY d.next_attempt_at, d.request_id LIMIT look FOR UPDATE SKIP LOCKED
  ), turn AS MATERIALIZED (
    SELECT value, first_of_turn(lane, value) AS first
    FROM (SELECT DISTINCT ordering_value AS value FROM due WHERE ordering_value IS NOT NULL) AS v
  )
  SELECT array_agg(due.id) INTO ids FROM due JOIN turn ON turn.value = due.ordering_value WHERE due.id <> turn.first;
  UPDATE delivery SET next_attempt_at = NULL WHERE id = ANY (ids) AND status IN ('pending', 'retrying', 'held');
  GET DIAGNOSTICS parked = ROW_COUNT;
  RETURN parked;
END $$;
