-- Claims up to wanted[i] due deliveries of the destination lanes[i] under a lease. Returns one row per delivery, and one
-- row per destination (id null) with its state: drained | more | busy (concurrency) | rate | circuit | stopped (paused or
-- disabled) | locked | gone. `slots` is the maximum attempts that the caller may now have in flight at the destination;
-- null means unchanged.
--
-- One statement for the client, so a worker that is stopped half-way holds no lock. Each step inside sees a new snapshot.
-- The state of a destination is locked while its claims are counted, so limits hold across workers. A locked destination
-- is skipped. Generic plans: planning over a month of partitions costs more than the run.
--
-- One worker owns a destination queue. Only the owner claims more than the concurrency (it prefetches). The owner has at
-- most least(owner_attempts_max, concurrency) attempts in flight, and at most `slots`: the concurrency less all claims of
-- others. The other workers share the rest and claim at most that, so their claims limit their attempts in flight.
--
-- Called by claimDeliveries (worker).
CREATE OR REPLACE FUNCTION claim_ahead(lanes uuid[], wanted int[], token uuid, lease_seconds double precision, attempts_max int)
RETURNS TABLE (lane uuid, state text, again_ms int, slots int, id uuid, request_id uuid, attempts int, crashes int,
               created_at timestamptz, skip_filter boolean, ordering_value text, replay_of uuid)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  now_at timestamptz;
  this record;
  own int;
  of_owner int;
  of_others int;
  owns boolean;
  room int;
  tokens double precision;
  ids uuid[];
  taken int;
  parked int;
  lo uuid;
  hi uuid;
BEGIN
  FOR i IN 1..cardinality(lanes) LOOP
    lane := lanes[i]; id := NULL; again_ms := 0; state := NULL; slots := NULL; tokens := NULL;
    SELECT s.circuit, s.circuit_open_until, s.rate_tokens, s.rate_at, s.owner_token, s.owner_attempts_max, d.ordering_key,
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
    SELECT count(*) FILTER (WHERE d.lease_token = token),
           count(*) FILTER (WHERE d.lease_token = this.owner_token AND d.lease_token <> token),
           count(*) FILTER (WHERE d.lease_token <> token AND d.lease_token IS DISTINCT FROM this.owner_token)
      INTO own, of_owner, of_others
      FROM delivery d WHERE d.destination_id = lanes[i] AND d.status = 'delivering';
    owns := of_owner = 0;
    IF owns THEN
      slots := greatest(0, this.concurrency - of_others);
      -- The first claim takes only deliveries that can start immediately: the caller does not know its slots yet.
      room := CASE WHEN slots = 0 THEN 0 WHEN own = 0 THEN least(wanted[i], slots) ELSE wanted[i] END;
    ELSE
      slots := greatest(0, this.concurrency - least(this.owner_attempts_max, this.concurrency) - of_others);
      room := least(wanted[i], slots - own);
    END IF;
    IF room <= 0 THEN
      state := 'busy'; again_ms := 250; RETURN NEXT; CONTINUE;
    END IF;

    IF this.circuit <> 'closed' THEN
      -- More than twice the maximum (circuitRules) in the future: the clock was set back, so the probe is due.
      IF this.circuit = 'open' AND this.circuit_open_until > now_at
        AND this.circuit_open_until <= now_at + interval '10 minutes' THEN
        state := 'circuit'; again_ms := ceil(extract(epoch FROM this.circuit_open_until - now_at) * 1000);
        RETURN NEXT; CONTINUE;
      ELSIF own + of_owner + of_others > 0 THEN
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
      -- A burst is at most the rate of 1/20 second, and as many are prefetched. So no second exceeds 1.1 times the rate.
      tokens := least(greatest(1, this.rate / 20),
                      this.rate_tokens + this.rate * greatest(0, extract(epoch FROM now_at - this.rate_at)));
      IF tokens < 1 THEN
        state := 'rate'; again_ms := ceil((1 - tokens) / this.rate * 1000); RETURN NEXT; CONTINUE;
      END IF;
      room := least(room, floor(tokens)::int, slots + floor(this.rate / 20)::int - own);
      IF room <= 0 THEN
        state := 'busy'; again_ms := 250; RETURN NEXT; CONTINUE;
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
          rate_tokens = coalesce(tokens - taken, s.rate_tokens),
          rate_at = CASE WHEN tokens IS NULL THEN s.rate_at ELSE now_at END,
          owner_token = CASE WHEN owns THEN token ELSE s.owner_token END,
          owner_attempts_max = CASE WHEN owns THEN attempts_max ELSE s.owner_attempts_max END
      WHERE s.destination_id = lanes[i]
        AND (tokens IS NOT NULL OR s.circuit = 'open' OR (owns AND this.owner_token IS DISTINCT FROM token));
    RETURN QUERY
      UPDATE delivery d SET status = 'delivering', lease_token = token,
        lease_until = now_at + make_interval(secs => lease_seconds)
      WHERE d.id = ANY (ids) AND d.id BETWEEN lo AND hi
      RETURNING lanes[i], 'claimed', 0, slots, d.id, d.request_id, d.attempts, d.crashes, d.created_at, d.skip_filter,
                d.ordering_value, d.replay_of;
  END LOOP;
END $$;
