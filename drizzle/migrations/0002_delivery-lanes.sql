-- A lane is a destination and what waits for it. Workers claim from lanes; these functions are one statement each for
-- the client, so a worker that is stopped half-way holds no lock, and every step inside sees a fresh snapshot.
-- Generic plans: planning over a month of partitions costs more than running.

-- Takes up to wanted[i] deliveries of lanes[i] under a lease. A lane is locked while its room is counted, so limits hold
-- across workers; a lane somebody else is at is skipped. One row a delivery, and one a lane (id null) saying how it stands:
-- drained | more | busy (concurrency) | rate | circuit | stopped (paused or disabled) | locked | gone.
CREATE FUNCTION claim_deliveries(lanes uuid[], wanted int[], token uuid, lease_seconds double precision)
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
      PERFORM park_out_of_turn(lanes[i]);
    END IF;
    SELECT array_agg(due.id), count(*) INTO ids, taken FROM (
      SELECT d.id FROM delivery d
      WHERE d.destination_id = lanes[i] AND d.status IN ('pending', 'retrying', 'held') AND d.next_attempt_at <= now_at
        -- Again, in the snapshot that claims: a delivery committed since the parking may be behind one still open.
        AND (this.ordering_key IS NULL OR d.ordering_value IS NULL OR NOT EXISTS (
          SELECT FROM delivery e
          WHERE e.destination_id = lanes[i] AND e.ordering_value = d.ordering_value AND e.ordering_value IS NOT NULL
            AND e.status IN ('pending', 'retrying', 'held', 'delivering')
            AND (e.request_id, e.id) < (d.request_id, d.id)))
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
--> statement-breakpoint
-- Of deliveries with the same ordering value only the oldest open one may go; the others step out of the lane (no
-- next_attempt_at) until wake_turns() puts them back. Called with the lane locked.
CREATE FUNCTION park_out_of_turn(lane uuid) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  ids uuid[];
BEGIN
  SELECT array_agg(blocked.id) INTO ids FROM (
    SELECT d.id FROM delivery d
    WHERE d.destination_id = lane AND d.status IN ('pending', 'retrying', 'held') AND d.next_attempt_at <= clock_timestamp()
      AND d.ordering_value IS NOT NULL AND EXISTS (
        SELECT FROM delivery e
        WHERE e.destination_id = lane AND e.ordering_value = d.ordering_value AND e.ordering_value IS NOT NULL
          AND e.status IN ('pending', 'retrying', 'held', 'delivering')
          AND (e.request_id, e.id) < (d.request_id, d.id))
    ORDER BY d.next_attempt_at, d.request_id LIMIT 5000 FOR UPDATE SKIP LOCKED) AS blocked;
  UPDATE delivery SET next_attempt_at = NULL WHERE id = ANY (ids) AND status IN ('pending', 'retrying', 'held');
END $$;
--> statement-breakpoint
-- Puts back the oldest parked delivery of each value whose turn it is now. Waits for a claim at the lane, so it never
-- misses one that is being parked. Answers the lanes that have something again.
CREATE FUNCTION wake_turns(lanes uuid[], turns text[]) RETURNS SETOF uuid
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
--> statement-breakpoint
-- The lanes where something is due, found by stepping from lane to lane through each day's index: the cost follows the
-- number of lanes, not of deliveries.
CREATE FUNCTION due_lanes() RETURNS TABLE (lane uuid, user_id uuid) LANGUAGE plpgsql AS $$
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
      AND (s.circuit IS DISTINCT FROM 'open' OR s.circuit_open_until <= clock_timestamp());
END $$;
--> statement-breakpoint
-- Two histograms added bucket by bucket, the shorter one padded.
CREATE FUNCTION add_buckets(a int[], b int[]) RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY n) FROM unnest(a, b) WITH ORDINALITY AS u(x, y, n)
$$;
