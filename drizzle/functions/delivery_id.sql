-- Returns the id of a delivery. It begins with the time of its request. The same request, destination and `repeat`
-- always have the same id, so a second insert is a conflict. `repeat` is empty, or different for each replay.
-- Sixteen bytes: 6 of time, then version, variant and 74 bits of SHA-256.
-- Called by the statements that create deliveries: makeDeliveries, makeReplays and stepReplay.
CREATE OR REPLACE FUNCTION delivery_id(request uuid, destination uuid, repeat text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (substr(replace(request::text, '-', ''), 1, 12) || '7' || substr(digest, 1, 3) || '8' || substr(digest, 4, 15))::uuid
  FROM encode(sha256(convert_to(request::text || '/' || destination::text || '/' || repeat, 'UTF8')), 'hex') AS digest
$$;
