import type { CreateReplayBody } from '@whook/shared'
import type { Sql } from '../client.js'
import { selected, targets } from './selection.js'

export const replayBatchMax = 500

interface Running {
  id: string
  userId: string
  selection: CreateReplayBody
  position: string | null
  createdAt: Date
}

export interface ReplayStep {
  replayId: string
  userId: string
  finished: boolean
  /** Lanes that have something due now. */
  destinationIds: string[]
  /** Why it came no further. It is its turn again after the others'. */
  error?: unknown
}

/**
 * The next batch of one running replay, in one transaction that holds its row: two workers never do the same batch, and
 * one that is killed leaves nothing half done. undefined when none is running, or others are at them.
 */
export async function stepReplay(sql: Sql): Promise<ReplayStep | undefined> {
  return sql.begin(async (transaction) => {
    // A transaction is a connection with the same way to ask.
    const tx = transaction as unknown as Sql
    const [replay] = await tx<Running[]>`
      select id, user_id as "userId", selection, position, created_at as "createdAt" from replay
      where status = 'running' order by stepped_at limit 1 for update skip locked`
    if (!replay) return undefined

    const { id, userId } = replay
    try {
      const { taken, lanes } = await transaction.savepoint((inner) =>
        takeStep(inner as unknown as Sql, replay),
      )
      return { replayId: id, userId, finished: taken < replayBatchMax, destinationIds: lanes ?? [] }
    } catch (error) {
      // Left where it is, at the end of the line: otherwise it would be looked at first for ever, and no other one.
      await tx`update replay set stepped_at = clock_timestamp() where id = ${id}::uuid`
      return { replayId: id, userId, finished: false, destinationIds: [], error }
    }
  })
}

async function takeStep(tx: Sql, { id, userId, selection, position, createdAt }: Running) {
  const [step] = await tx<{ taken: number; last: string | null; lanes: string[] | null }[]>`
      with s as materialized (
        select * from (${selected(tx, { userId, selection, before: createdAt })}) as matching
        where ${position}::uuid is null or id > ${position}::uuid
        order by id limit ${replayBatchMax}
      ), made as (
        insert into delivery (id, request_id, webhook_id, destination_id, status, next_attempt_at, replay_id, replay_of)
        select delivery_id(s.request_id, t.id, ${id}), s.request_id, s.webhook_id, t.id,
          case when w.status = 'active' then 'pending' else 'held' end, now(), ${id}::uuid, min(s.id::text)::uuid
        from s ${targets(tx, selection)} join webhook w on w.id = s.webhook_id
        group by s.request_id, s.webhook_id, t.id, w.status
        on conflict do nothing returning destination_id
      )
      select (select count(*)::int from s) as taken, (select id from s order by id desc limit 1) as last,
        (select array_agg(distinct destination_id) from made) as lanes`
  const finished = step!.taken < replayBatchMax
  await tx`
      update replay set done = done + ${step!.taken}::int, position = coalesce(${step!.last}, position),
        stepped_at = clock_timestamp(), status = ${finished ? 'finished' : 'running'},
        finished_at = case when ${finished}::boolean then now() end
      where id = ${id}::uuid`
  return step!
}
