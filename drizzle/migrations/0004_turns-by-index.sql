-- The oldest open delivery of an ordering value: the one whose turn it is. Asked for each delivery that is due, which are
-- few. As a join, PostgreSQL read everything that waits in the lane for every claim, and an ordered lane slowed down with its backlog.
-- Stable: it sees what the statement that asks sees.
CREATE FUNCTION first_of_turn(lane uuid, value text) RETURNS uuid
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    SELECT d.id FROM delivery d
    WHERE d.destination_id = lane AND d.ordering_value = value AND d.ordering_value IS NOT NULL
      AND d.status IN ('pending', 'retrying', 'held', 'delivering')
    ORDER BY d.request_id, d.id LIMIT 1);
END $$;
--> statement-breakpoint
DROP FUNCTION park_out_of_turn(uuid);
--> statement-breakpoint
-- Of deliveries with the same ordering value only the oldest open one may go; the others step out of the lane (no
-- next_attempt_at) until wake_turns() puts them back. Looks at the first that are due; answers how many it took out. Called
-- with the lane locked.
CREATE FUNCTION park_out_of_turn(lane uuid, look int) RETURNS int
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- Held in a variable: PostgreSQL asks no index for what a volatile function may answer differently for each row.
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
--> statement-breakpoint
CREATE OR REPLACE FUNCTION claim_deliveries(lanes uuid[], wanted int[], token uuid, lease_seconds double precision)
RETURNS TABLE (lane uuid, state text, again_ms int, id uuid, request_id uuid, attempts int, crashes int,
               created_at timestamptz, skip_filter boolean, ordering_value text, replay_of uuid)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  now_at timestamptz;
  this record;
  flying int;
  room int;
  tokens double precision;
  ids uuid[];
  taken int;
  parked int;
  lo uuid;
  hi uuid;
BEGIN
  FOR i IN 1..cardinality(lanes) LOOP
    lane := lanes[i]; id := NULL; again_ms := 0; state := NULL; tokens := NULL;
    SELECT s.circuit, s.circuit_open_until, s.rate_tokens, s.rate_at, d.ordering_key,
           (d.limits->>'concurrency')::int AS concurrency, (d.limits->>'ratePerSecond')::float8 AS rate,
           d.enabled AND w.status = 'active' AS active
      INTO this
      FROM destination_state s JOIN destination d ON d.id = s.destination_id JOIN webhook w ON w.id = d.webhook_id
      WHERE s.destination_id = lanes[i] FOR UPDATE OF s SKIP LOCKED;
    IF NOT FOUND THEN
      INSERT INTO destination_state (destination_id) SELECT d.id FROM destination d WHERE d.id = lanes[i]
        ON CONFLICT DO NOTHING;
      state := CASE WHEN EXISTS (SELECT FROM destination d WHERE d.id = lanes[i]) THEN 'locked' ELSE 'gone' END;
      again_ms := 20;
      RETURN NEXT; CONTINUE;
    END IF;
    IF NOT this.active THEN
      state := 'stopped'; RETURN NEXT; CONTINUE;
    END IF;

    now_at := clock_timestamp();
    SELECT count(*) INTO flying FROM delivery WHERE destination_id = lanes[i] AND status = 'delivering';
    room := least(wanted[i], this.concurrency - flying);
    IF room <= 0 THEN
      state := 'busy'; again_ms := 250; RETURN NEXT; CONTINUE;
    END IF;

    IF this.circuit <> 'closed' THEN
      IF this.circuit = 'open' AND this.circuit_open_until > now_at THEN
        state := 'circuit'; again_ms := ceil(extract(epoch FROM this.circuit_open_until - now_at) * 1000);
        RETURN NEXT; CONTINUE;
      ELSIF flying > 0 THEN
        state := 'circuit'; again_ms := 500; RETURN NEXT; CONTINUE;
      END IF;
      room := 1;
    END IF;

    IF this.rate IS NOT NULL THEN
      -- A tenth of a second's worth may go at once, so no second ever sees more than 1.1 times the limit.
      tokens := least(greatest(1, this.rate / 10),
                      this.rate_tokens + this.rate * extract(epoch FROM now_at - this.rate_at));
      room := least(room, floor(tokens)::int);
      IF room <= 0 THEN
        state := 'rate'; again_ms := ceil((1 - tokens) / this.rate * 1000); RETURN NEXT; CONTINUE;
      END IF;
    END IF;

    IF this.ordering_key IS NOT NULL THEN
      -- Until the first that are due, twice as many as are wanted, are those whose turn it is.
      FOR n IN 1..25 LOOP
        parked := park_out_of_turn(lanes[i], greatest(200, 2 * room));
        EXIT WHEN parked = 0;
      END LOOP;
      IF parked > 0 THEN
        state := 'more'; RETURN NEXT; CONTINUE;
      END IF;
    END IF;
    SELECT array_agg(due.id), count(*) INTO ids, taken FROM (
      SELECT d.id FROM delivery d
      WHERE d.destination_id = lanes[i] AND d.status IN ('pending', 'retrying', 'held') AND d.next_attempt_at <= now_at
        -- Again, in the snapshot that claims: a delivery committed since the parking may be behind one still open.
        AND (this.ordering_key IS NULL OR d.ordering_value IS NULL OR d.id = first_of_turn(lanes[i], d.ordering_value))
      ORDER BY d.next_attempt_at, d.request_id LIMIT room FOR UPDATE OF d SKIP LOCKED) AS due;
    state := CASE WHEN taken < room THEN 'drained' ELSE 'more' END;
    RETURN NEXT;
    CONTINUE WHEN taken = 0;

    SELECT array_agg(u ORDER BY u) INTO ids FROM unnest(ids) AS u;
    lo := ids[1]; hi := ids[taken];
    UPDATE destination_state s
      SET circuit = CASE WHEN s.circuit = 'closed' THEN 'closed' ELSE 'half-open' END,
          rate_tokens = coalesce(tokens - taken, s.rate_tokens), rate_at = now_at
      WHERE s.destination_id = lanes[i] AND (tokens IS NOT NULL OR s.circuit = 'open');
    RETURN QUERY
      UPDATE delivery d SET status = 'delivering', lease_token = token,
        lease_until = now_at + make_interval(secs => lease_seconds)
      WHERE d.id = ANY (ids) AND d.id BETWEEN lo AND hi
      RETURNING lanes[i], 'claimed', 0, d.id, d.request_id, d.attempts, d.crashes, d.created_at, d.skip_filter,
                d.ordering_value, d.replay_of;
  END LOOP;
END $$;
