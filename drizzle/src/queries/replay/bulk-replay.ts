import { ApiError, limits, type CreateReplayBody, type Replay, type ReplayCount } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { clock } from '@whook/runtime/clock'
import type { Db, Sql } from '../../client.js'
import { openStatuses, skippedStatuses, transitions } from '../delivery/delivery-transitions.js'
import { statusIn } from '../delivery/status-in.js'
import { insertReplay } from './insert-replay.js'
import { scopedTo } from '../scoped-to.js'
import { withinMs } from '../../within-ms.js'
import { selected, targets } from './selection.js'

interface ReplayOrder {
  userId: string
  selection: CreateReplayBody
}

interface NewReplay extends ReplayOrder {
  /** Maximum replays of the user that run at the same time. */
  runningMax?: number
}

/**
 * Returns the number of matching requests (or deliveries), and of the deliveries that a replay of them would create.
 */
export async function countReplay(sql: Sql, order: ReplayOrder): Promise<ReplayCount> {
  const matching = selected(sql, { ...order, before: new Date(clock.now()) })
  const [count] = await withinMs(
    sql,
    limits.searchMsMax,
    (tx) => tx<ReplayCount[]>`
    with s as materialized (${matching} limit ${limits.replayRequestsMax + 1}), made as (
      select distinct s.request_id, t.id, t.filter is not null as filtered from s ${targets(sql, order.selection)})
    select (select count(*)::int from s) as total, (select count(*)::int from made) as deliveries,
      (select count(*)::int from made where filtered) as "withFilter"`,
  )
  return count!
}

/** Creates a replay, which a worker then runs. Returns its id. Throws an ApiError over a limit. */
export async function createReplay(
  { db, sql }: { db: Db; sql: Sql },
  { runningMax = Infinity, ...order }: NewReplay,
): Promise<string> {
  const { userId, selection } = order
  const { total } = await countReplay(sql, order)
  if (total > limits.replayRequestsMax) {
    throw new ApiError('limit-reached', {
      detail: `A replay can repeat at most ${limits.replayRequestsMax} requests; narrow the filter`,
    })
  }
  const id = newId()
  const { webhookId = null } = selection
  await insertReplay(
    db,
    { id, userId, webhookId, status: 'running', selection, total },
    {
      max: runningMax,
      refusal: () =>
        new ApiError('quota-reached', {
          detail: `At most ${runningMax} replays of one user can run at the same time; cancel one or wait until it ends`,
          retryAfterSeconds: 30,
        }),
    },
  )
  return id
}

/** Stops a replay. Its deliveries remain. Returns false when it belongs to another user or is not running. */
export async function cancelReplay(sql: Sql, { userId, replayId }: { userId: string; replayId: string }) {
  const { count } = await sql`
    update replay set status = 'cancelled', finished_at = now()
    where id = ${replayId}::uuid and ${scopedTo(userId).in(sql, 'replay')} and status = 'running'`
  return count > 0
}

type Times = Record<'createdAt' | 'finishedAt' | 'settledAt', Date | null>
type ReplayRow = Omit<Replay, keyof Times> & Times & { createdAt: Date }

/** Returns a replay in the format of the API. `userId` null reads a replay of any user, for the worker. */
export async function readReplay(
  sql: Sql,
  replayId: string,
  userId: string | null,
): Promise<Replay | undefined> {
  const rows = await readReplays(
    sql,
    sql`r.id = ${replayId}::uuid and ${userId === null ? sql`true` : scopedTo(userId).in(sql, 'r')}`,
    1,
  )
  return rows[0]
}

/** Returns the user's replays older than `before`, newest first. */
export const listReplays = (
  sql: Sql,
  { userId, before, limit }: { userId: string; before?: string; limit: number },
): Promise<Replay[]> =>
  readReplays(
    sql,
    sql`${scopedTo(userId).in(sql, 'r')} and (${before ?? null}::uuid is null or r.id < ${before ?? null}::uuid)`,
    limit,
  )

async function readReplays(sql: Sql, condition: ReturnType<Sql>, limit: number): Promise<Replay[]> {
  const rows = await sql<ReplayRow[]>`
    select r.id, r.webhook_id as "webhookId", r.status, r.total, r.done, r.created_at as "createdAt",
      r.finished_at as "finishedAt", d.deliveries, d.waiting, d.delivered, d.failed, d.filtered,
      case when r.status <> 'running' and d.waiting = 0 then greatest(r.finished_at, d.ended_at) end as "settledAt"
    from replay r cross join lateral (
      select count(*)::int as deliveries,
        count(*) filter (where ${statusIn(sql, 'status', openStatuses)})::int as waiting,
        count(*) filter (where status = 'delivered')::int as delivered,
        count(*) filter (where ${statusIn(sql, 'status', [...transitions.recover.from, ...transitions.recover.to])})::int as failed,
        count(*) filter (where ${statusIn(sql, 'status', skippedStatuses)})::int as filtered, max(finished_at) as ended_at
      from delivery where replay_id = r.id) d
    where ${condition} order by r.id desc limit ${limit}`
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    settledAt: row.settledAt?.toISOString() ?? null,
  }))
}
