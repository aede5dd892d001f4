-- Returns the destinations of active webhooks that have due deliveries and no open circuit, with their users.
-- Steps from destination to destination through the index of each partition: O(destinations with waiting deliveries).
-- Called by dueLanes: each worker polls once a second.
CREATE OR REPLACE FUNCTION due_lanes() RETURNS TABLE (lane uuid, user_id uuid) LANGUAGE plpgsql AS $$
DECLARE
  part regclass;
  found_lanes uuid[] := '{}';
  step uuid[];
BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'delivery'::regclass LOOP
    EXECUTE format($q$
      WITH RECURSIVE lane AS (
        (SELECT destination_id, next_attempt_at FROM %1$s WHERE status IN ('pending', 'retrying', 'held')
         ORDER BY destination_id, next_attempt_at LIMIT 1)
        UNION ALL
        SELECT next.* FROM lane, LATERAL (
          SELECT destination_id, next_attempt_at FROM %1$s
          WHERE status IN ('pending', 'retrying', 'held') AND destination_id > lane.destination_id
          ORDER BY destination_id, next_attempt_at LIMIT 1) AS next)
      SELECT array_agg(destination_id) FROM lane WHERE next_attempt_at <= clock_timestamp()$q$, part) INTO step;
    found_lanes := found_lanes || coalesce(step, '{}');
  END LOOP;
  RETURN QUERY
    SELECT d.id, w.user_id FROM destination d JOIN webhook w ON w.id = d.webhook_id
      LEFT JOIN destination_state s ON s.destination_id = d.id
    WHERE d.id = ANY (found_lanes) AND d.enabled AND w.status = 'active'
      AND (s.circuit IS DISTINCT FROM 'open' OR s.circuit_open_until <= clock_timestamp()
        -- The clock was set back, as in claim_ahead().
        OR s.circuit_open_until > clock_timestamp() + interval '10 minutes');
END $$;
