import { limits, type CreateReplayBody } from '@whook/shared'
import type { Sql } from '../../client.js'
import { decideReplayed } from './decide-replayed.js'
import { lastLookedAt, selectedNext, targets } from './selection.js'

export const replayBatchMax = 500

/** Consecutive failed attempts after which a replay has failed: about two minutes, including the pauses. */
const triesMax = 5
/** Seconds that a replay waits after this many failed attempts. */
const waitSeconds = (failures: number) => 4 * 2 ** failures
const firstId = '00000000-0000-0000-0000-000000000000'

interface RunningReplay {
  id: string
  userId: string
  selection: CreateReplayBody
  position: string | null
  createdAt: Date
}

export interface ReplayStep {
  replayId: string
  userId: string
  /** True when the replay creates no more deliveries. */
  finished: boolean
  /** Destinations that now have due deliveries. */
  destinationIds: string[]
  /** Error of a failed batch. The batch is repeated later, unless `finished`. */
  error?: unknown
}

/**
 * Runs the next batch of one running replay, in one transaction that locks its row. So two workers never run the same
 * batch, and a killed worker leaves no partial batch. Returns undefined when no replay is due, or other workers run
 * them. A failed batch is repeated with exponential backoff, while other replays continue. A replay that is due in more
 * than twice the longest backoff is due: the clock of the database was set back.
 */
export async function stepReplay(sql: Sql): Promise<ReplayStep | undefined> {
  let replay: RunningReplay | undefined
  try {
    return await sql.begin(async (transaction) => {
      // TransactionSql has the same query interface as Sql.
      const tx = transaction as unknown as Sql
      ;[replay] = await tx<RunningReplay[]>`
        select id, user_id as "userId", selection, position, created_at as "createdAt" from replay
        where status = 'running' and (stepped_at <= clock_timestamp()
          or stepped_at > clock_timestamp() + make_interval(secs => ${2 * waitSeconds(triesMax)}))
        order by stepped_at limit 1 for update skip locked`
      return replay && (await makeBatch(tx, replay))
    })
  } catch (error) {
    if (!replay) throw error
    return { ...(await noteFailure(sql, replay)), error }
  }
}

interface ReplayBatch {
  taken: number
  last: string | null
  lanes: string[] | null
  /** Deliveries created for destinations with an ordering key or a filter. */
  undecided: string[] | null
  /** Last scanned id, when more rows follow. */
  looked: string | null
}

async function makeBatch(
  tx: Sql,
  { id, userId, selection, position, createdAt }: RunningReplay,
): Promise<ReplayStep> {
  const owner = { userId, selection, before: createdAt }
  const look = { after: position ?? firstId, rowsMax: limits.searchRowsMax }
  // One statement, so one snapshot: a concurrent deletion does not change the end of this batch.
  const [step] = await tx<ReplayBatch[]>`
    with s as materialized (
      select * from (${selectedNext(tx, owner, look)}) as matching order by id limit ${replayBatchMax}
    ), made as (
      insert into delivery (id, request_id, webhook_id, destination_id, status, next_attempt_at, replay_id, replay_of)
      select delivery_id(s.request_id, t.id, ${id}), s.request_id, s.webhook_id, t.id,
        case when w.status = 'active' then 'pending' else 'held' end, now(), ${id}::uuid, min(s.id::text)::uuid
      from s ${targets(tx, selection)} join webhook w on w.id = s.webhook_id
      group by s.request_id, s.webhook_id, t.id, w.status
      on conflict do nothing returning id, destination_id
    )
    select (select count(*)::int from s) as taken, (select id from s order by id desc limit 1) as last,
      (select array_agg(distinct destination_id) from made) as lanes,
      (select array_agg(made.id) from made join destination t on t.id = made.destination_id
          and (t.ordering_key is not null or t.filter is not null)) as undecided,
      case when (select count(*) from s) < ${replayBatchMax}::int then (${lastLookedAt(tx, owner, look)}) end as looked`
  const { taken, last, lanes, undecided, looked } = step!
  await decideReplayed(tx, undecided ?? [])
  const finished = taken < replayBatchMax && looked === null
  await tx`
    update replay set done = done + ${taken}::int, position = coalesce(${looked ?? last}, position),
      stepped_at = clock_timestamp(), failures = 0, status = ${finished ? 'finished' : 'running'},
      finished_at = case when ${finished}::boolean then now() end
    where id = ${id}::uuid`
  return { replayId: id, userId, finished, destinationIds: lanes ?? [] }
}

async function noteFailure(sql: Sql, { id, userId }: RunningReplay): Promise<ReplayStep> {
  const [row] = await sql<{ finished: boolean }[]>`
    update replay set failures = failures + 1,
      stepped_at = clock_timestamp() + interval '4 seconds' * power(2, failures + 1),
      status = case when failures + 1 >= ${triesMax}::int then 'failed' else status end,
      finished_at = case when failures + 1 >= ${triesMax}::int then now() end
    where id = ${id}::uuid and status = 'running' returning status <> 'running' as finished`
  return { replayId: id, userId, finished: row?.finished ?? true, destinationIds: [] }
}
