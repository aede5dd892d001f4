import type { Fragment, Sql } from '../../client.js'

/**
 * Returns a scalar subquery that counts missing batches: unstored numbers below a number that was stored a minute ago.
 * Numbers up to `contiguous_to` count as stored, except the rows of `missing_batch` that are not acknowledged.
 */
export const missingBatches = (sql: Sql): Fragment => sql`(
  select (
    select count(*)::float8 from missing_batch m where acknowledged_at is null and not exists (
      select from accepted_batch late where late.instance_id = m.instance_id and late.number = m.number)
  ) + coalesce(sum(latest - folded - (
      select count(*) from accepted_batch there
      where there.instance_id = past.instance_id and there.number > past.folded and there.number <= past.latest)), 0)::float8
  from (
    select b.instance_id, max(b.number) as latest, coalesce(max(i.contiguous_to), 0) as folded
    from accepted_batch b left join accepted_instance i using (instance_id)
    where b.stored_at < now() - interval '1 minute' and b.number > coalesce(i.contiguous_to, 0)
    group by b.instance_id) past)`
