import type { TransactionSql } from 'postgres'

/**
 * Minutes after which a gap counts as missing: a working queue has stored the batch by then. A later batch is still
 * stored.
 */
const holeMinutes = 5

/**
 * Folds the numbers of accepted batches into one row per api process, at most `rowsMax` numbers of each. A gap that
 * is older than `minutes` is stored as a missing batch, so that later numbers can be folded. Returns whether numbers
 * are left.
 */
export async function foldBatches(
  tx: TransactionSql,
  rowsMax: number,
  minutes = holeMinutes,
): Promise<boolean> {
  await tx`
    with recursive ${instances(tx)}, hole as (
      select instance_id, generate_series(folded + 1, least(latest, folded + ${rowsMax}::int)) as number
      from instance, lateral (
        select number as latest from accepted_batch b
        where b.instance_id = instance.instance_id and number > folded
          and stored_at < now() - make_interval(mins => ${minutes}::int)
        order by number desc limit 1) as old
    )
    insert into missing_batch (instance_id, number)
    select instance_id, number from hole
    where not exists (
      select from accepted_batch b where b.instance_id = hole.instance_id and b.number = hole.number)
    on conflict do nothing`
  const [done] = await tx<{ longest: number }[]>`
    with recursive ${instances(tx)}, run as (
      select instance_id, max(number) as last, count(*)::int as length from instance, lateral (
        select number, row_number() over (order by number) as place from (
          (select number from accepted_batch b
            where b.instance_id = instance.instance_id and number > folded order by number limit ${rowsMax})
          union
          (select number from missing_batch m
            where m.instance_id = instance.instance_id and number > folded order by number limit ${rowsMax})
          order by number limit ${rowsMax}) as accounted) as numbered
      where number = folded + place group by instance_id
    ), moved as (
      insert into accepted_instance (instance_id, contiguous_to) select instance_id, last from run
      on conflict (instance_id) do update set contiguous_to = excluded.contiguous_to, last_stored_at = now()
    )
    select coalesce(max(length), 0) as longest from run`
  // A late batch also deletes its missing batch.
  await tx`
    with gone as (
      delete from accepted_batch b using accepted_instance i
      where b.instance_id = i.instance_id and b.number <= i.contiguous_to returning b.*
    ), closed as (
      delete from missing_batch m using gone where m.instance_id = gone.instance_id and m.number = gone.number
    )
    update accepted_instance i set requests = i.requests + sums.requests
    from (select instance_id, sum(requests) as requests from gone group by instance_id) as sums
    where i.instance_id = sums.instance_id`
  return done!.longest === rowsMax
}

/** Instances that have numbers to fold, found by a loose index scan. */
const instances = (tx: TransactionSql) => tx`
  seen as (
    (select instance_id from accepted_batch order by instance_id limit 1)
    union all
    select next.instance_id from seen, lateral (
      select instance_id from accepted_batch where instance_id > seen.instance_id
      order by instance_id limit 1) as next
  ), instance as (
    select seen.instance_id, coalesce(contiguous_to, 0) as folded from seen left join accepted_instance using (instance_id)
  )`
