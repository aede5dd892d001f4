-- Claims due deliveries like claim_ahead(), but never more than a destination's concurrency.
-- Called by workers of the previous release while an upgrade runs. It counts every claim, also the prefetched ones of an
-- owner, so it never claims too much.
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
      -- More than twice the maximum (circuitRules) in the future: the clock was set back, so the probe is due.
      IF this.circuit = 'open' AND this.circuit_open_until > now_at
        AND this.circuit_open_until <= now_at + interval '10 minutes' THEN
        state := 'circuit'; again_ms := ceil(extract(epoch FROM this.circuit_open_until - now_at) * 1000);
        RETURN NEXT; CONTINUE;
      ELSIF flying > 0 THEN
        state := 'circuit'; again_ms := 500; RETURN NEXT; CONTINUE;
      END IF;
      room := 1;
    END IF;

    IF this.rate IS NOT NULL THEN
      IF this.rate_at > now_at THEN
        -- The clock was set back: continue from now, or no token is added until the old time.
        UPDATE destination_state s SET rate_at = now_at WHERE s.destination_id = lanes[i];
        this.rate_at := now_at; -- Rounded to a millisecond, perhaps up.
      END IF;
      -- A burst is at most the rate of 1/10 second, so no second exceeds 1.1 times the rate.
      tokens := least(greatest(1, this.rate / 10),
                      this.rate_tokens + this.rate * greatest(0, extract(epoch FROM now_at - this.rate_at)));
      room := least(room, floor(tokens)::int);
      IF room <= 0 THEN
        state := 'rate'; again_ms := ceil((1 - tokens) / this.rate * 1000); RETURN NEXT; CONTINUE;
      END IF;
    END IF;

    IF this.ordering_key IS NOT NULL THEN
      -- Repeat until the first due deliveries, twice the room, all have their ordering slot.
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
        -- Checked again in the snapshot of the claim: a delivery committed after the parking may lack its ordering slot.
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
