import type { Sql } from '../client.js'

const batchMax = 20_000

/**
 * Folds what batches appended into the totals. The sums a reader sees (views webhook_total, delivery_total,
 * webhook_minute_total) are the same before, during and after. One compactor at a time; the others answer at once.
 */
export async function compactCounters(sql: Sql): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [lock] = await tx`select pg_try_advisory_xact_lock(hashtext('whook compaction')) as mine`
    if (!lock!['mine']) return false
    await tx`
      with gone as (
        delete from webhook_delta where ctid in (select ctid from webhook_delta limit ${batchMax}) returning *
      ), minutes as (
        insert into webhook_minute (webhook_id, minute, requests)
        select webhook_id, minute, sum(stored) from gone join webhook on webhook.id = webhook_id
        group by webhook_id, minute having sum(stored) > 0
        on conflict (webhook_id, minute) do update set requests = webhook_minute.requests + excluded.requests
      )
      insert into webhook_counter (webhook_id, stored, stored_bytes, expired, last_request_at)
      select webhook_id, sum(stored), sum(stored_bytes), sum(expired), max(last_request_at)
      from gone join webhook on webhook.id = webhook_id group by webhook_id
      on conflict (webhook_id) do update set
        stored = webhook_counter.stored + excluded.stored,
        stored_bytes = webhook_counter.stored_bytes + excluded.stored_bytes,
        expired = webhook_counter.expired + excluded.expired,
        last_request_at = greatest(webhook_counter.last_request_at, excluded.last_request_at)`
    await tx`
      with gone as (
        delete from delivery_delta where ctid in (select ctid from delivery_delta limit ${batchMax}) returning *
      )
      insert into delivery_counter (webhook_id, status, count)
      select webhook_id, gone.status, sum(count) from gone join webhook on webhook.id = webhook_id
      group by webhook_id, gone.status
      on conflict (webhook_id, status) do update set count = delivery_counter.count + excluded.count`
    await tx`
      with run as (
        select instance_id, number, requests from (
          select b.*, coalesce(i.contiguous_to, 0) as done,
            row_number() over (partition by b.instance_id order by b.number) as place
          from accepted_batch b left join accepted_instance i using (instance_id)
          where b.number > coalesce(i.contiguous_to, 0)) as numbered
        where number = done + place
      ), folded as (
        insert into accepted_instance (instance_id, contiguous_to, requests)
        select instance_id, max(number), sum(requests) from run group by instance_id
        on conflict (instance_id) do update set contiguous_to = excluded.contiguous_to,
          requests = accepted_instance.requests + excluded.requests, last_stored_at = now()
      )
      delete from accepted_batch using run
      where accepted_batch.instance_id = run.instance_id and accepted_batch.number = run.number`
    // A batch that was refused for being late and stored all the same is told of again by the next: it is folded already.
    await tx`
      delete from accepted_batch b using accepted_instance i
      where b.instance_id = i.instance_id and b.number <= i.contiguous_to`
    return true
  })
}
