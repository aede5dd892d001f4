-- Makes the next parked delivery of each ordering slot due. Returns the destinations that have due deliveries again.
-- Waits for a running claim of the destination, so it never misses a delivery that is being parked.
-- Called by wakeTurns (worker, and after a cancelled delivery).
CREATE OR REPLACE FUNCTION wake_turns(lanes uuid[], turns text[]) RETURNS SETOF uuid
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  turn record;
BEGIN
  PERFORM FROM destination_state WHERE destination_id = ANY (lanes) ORDER BY destination_id FOR UPDATE;
  FOR turn IN SELECT DISTINCT lane, value FROM unnest(lanes, turns) AS t(lane, value) LOOP
    RETURN QUERY
      UPDATE delivery SET next_attempt_at = clock_timestamp()
      WHERE next_attempt_at IS NULL AND status IN ('pending', 'retrying', 'held') AND id = (
        SELECT d.id FROM delivery d
        WHERE d.destination_id = turn.lane AND d.ordering_value = turn.value AND d.ordering_value IS NOT NULL
          AND d.status IN ('pending', 'retrying', 'held', 'delivering')
        ORDER BY d.request_id, d.id LIMIT 1)
      RETURNING destination_id;
  END LOOP;
END $$;
