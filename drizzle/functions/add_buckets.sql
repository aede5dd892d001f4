-- Returns the sum of two histograms, bucket by bucket. The shorter one is padded with 0.
-- Called by recordAttempts.
CREATE OR REPLACE FUNCTION add_buckets(a int[], b int[]) RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY n) FROM unnest(a, b) WITH ORDINALITY AS u(x, y, n)
$$;
