-- Returns the lowest id of this id's millisecond (`later` 0), or of the next one (1).
-- Called by statements that find the deliveries or attempts of a request: their ids begin with its time.
CREATE OR REPLACE FUNCTION uuid_of_millisecond(id uuid, later int) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (lpad(to_hex(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint + later), 12, '0')
    || '00000000000000000000')::uuid
$$;
