import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '@whook/drizzle'
import { finalStatuses } from '@whook/drizzle/queries/delivery/delivery-transitions'
import { retryUntilAvailable } from '@whook/runtime/retry-until-available'
import { addDestinations } from './add-destinations.js'
import { faults, leftOut } from './faults.js'
import { flushLosses, heldBy, type FlushLosses } from './flush-queue.js'
import { checkInvariants, type Verdict } from './invariants.js'
import { seededRandom } from './random.js'
import { startSender } from './sender.js'
import { startSink } from './sink.js'
import { startStage, workerConcurrency } from './start-stage.js'
import { watchMemory } from './watch-memory.js'
import { claimedMax } from '@whook/worker/delivery/prefetch/prefetch'

export interface KillOptions {
  mode: 'embedded' | 'redis'
  accept: 'queue' | 'database'
  seed: number
  seconds: number
  perSecond: number
  /** These faults, in turn. Default: random faults of the seed. */
  only?: (keyof typeof faults)[]
  /** Flushes a queue that holds the only copy of accepted requests, and measures the loss. */
  flush?: boolean
  say?: (line: string) => void
}

export interface KillReport {
  acknowledged: number
  refused: number
  unanswered: number
  faults: string[]
  restarts: number
  /** Faults that are not possible on this machine, with the reason. */
  leftOut: string[]
  duplicates: number
  rssMegabytesMost: number
  flushes?: FlushLosses
  verdicts: Verdict[]
}

const settleMs = 180_000
/** Milliseconds without changes after everything ended, in case a flush delayed requests. */
const settleRestMs = 30_000

/**
 * Sends load, injects faults, waits until everything is processed, and checks the promises. The seed plans the
 * faults.
 */
export async function runKill({
  mode,
  accept,
  seed,
  seconds,
  perSecond,
  only,
  flush = false,
  say = () => {},
}: KillOptions): Promise<KillReport> {
  const random = seededRandom(seed)
  const sink = await startSink(seededRandom(seed + 1))
  const { stage, ports, call, databaseUrl, stop } = await startStage({
    mode,
    accept,
    random,
    flushAnyway: flush,
  })
  try {
    const webhook = await call<{ id: string; slug: string }>('POST', '/webhooks', { name: 'Kill test' })
    const destinations = await addDestinations(call, webhook.id, sink.port)
    const sender = startSender({ ports, path: `/${webhook.slug}`, perSecond, lanes: 40 })

    const memory = watchMemory([...stage.apis, ...stage.workers])
    const done: string[] = []
    const onceDelivered = new Set<string>()
    const until = Date.now() + seconds * 1000
    while (Date.now() < until) {
      await sleep(random.between(1500, 4500))
      const fault = only ? only[done.length % only.length]! : random.pick(Object.keys(faults))
      const what = await faults[fault]!(stage)
      if (!what) continue
      done.push(what)
      say(
        `${Math.max(0, Math.round((until - Date.now()) / 1000))} s left: ${what}; ${sender.log.acknowledged.size} acknowledged`,
      )
      await noteDelivered(databaseUrl(), webhook.id, onceDelivered)
    }

    const log = await sender.stop()
    stage.databaseWire.setMode('pass')
    stage.redisWire?.setMode('pass')
    say('No more faults; waiting until everything is processed')
    const restarts = [...stage.apis, ...stage.workers].reduce((sum, process) => sum + process.restarts, 0)
    const { sql, close } = connect(databaseUrl(), { poolSize: 2, name: 'kill test' })
    try {
      const held = flush && accept === 'queue' ? heldBy(stage.flushes) : new Set<string>()
      await settled(sql, webhook.id, [...log.acknowledged.keys()].filter((nonce) => !held.has(nonce)).length)
      const rssMegabytes = memory.stop()
      const did = (what: RegExp) => done.some((fault) => what.test(fault))
      const evidence = {
        // Without database outages and clock jumps, each response follows its commit.
        ordered: accept === 'database' && !did(/PostgreSQL|database|clock/),
        singly: !did(/frozen|wire|half open|PostgreSQL killed|PostgreSQL backend|PostgreSQL's disk|database/),
        held,
        // A process stopped by SIGTERM finishes its attempts, and Redis holds nothing that is in flight. While
        // PostgreSQL is shut down, workers keep their results and their claims.
        harms: done.filter((fault) => !/SIGTERM|shut down|[Rr]edis|sandbox|api (killed|frozen)/.test(fault))
          .length,
        inFlightMax: stage.workers.length * claimedMax(workerConcurrency),
        stopsMs: stage.stopsMs,
        rssMegabytes,
        sql,
        webhookId: webhook.id,
        sender: log,
        sink: sink.entries,
        tries: sink.tries,
        destinations,
        onceDelivered,
      }
      const stored = await sql<{ nonce: string }[]>`
        select convert_from(body, 'UTF8')::json ->> 'nonce' as nonce from webhook_request
        where webhook_id = ${webhook.id}`
      return {
        acknowledged: log.acknowledged.size,
        refused: log.refused.size,
        unanswered: log.unanswered.size,
        faults: done,
        restarts,
        leftOut: leftOut(stage),
        duplicates: Object.values(sink.entries)
          .map((entries) => entries.length - new Set(entries.map(({ nonce }) => nonce)).size)
          .reduce((sum, extra) => sum + extra, 0),
        rssMegabytesMost: Math.max(0, ...rssMegabytes.values()),
        flushes: flush
          ? flushLosses(stage.flushes, log, new Set(stored.map(({ nonce }) => nonce)))
          : undefined,
        verdicts: await checkInvariants(evidence),
      }
    } finally {
      await close()
    }
  } finally {
    await stop()
    await sink.close()
  }
}

/** Waits until every delivery ended and all requests are stored, or nothing changed for `settleMs`. */
async function settled(sql: Sql, webhookId: string, expected: number): Promise<void> {
  let movedAt = Date.now()
  let before = ''
  for (;;) {
    // The last fault may still have effects: nothing changes while the database recovers.
    const [state] = await retryUntilAvailable(
      () => sql<{ open: number; stored: number }[]>`
        select (select count(*)::int from delivery where webhook_id = ${webhookId}
                  and status <> all(${[...finalStatuses]})) as open,
          (select count(*)::int from webhook_request where webhook_id = ${webhookId}) as stored`,
      { withinMs: settleMs },
    )
    const now = `${state!.open} ${state!.stored}`
    if (now !== before) movedAt = Date.now()
    before = now
    const done = state!.open === 0 && state!.stored >= expected
    if (Date.now() - movedAt > (done ? settleRestMs : settleMs)) return
    await sleep(500)
  }
}

async function noteDelivered(url: string, webhookId: string, seen: Set<string>): Promise<void> {
  const { sql, close } = connect(url, { poolSize: 1, name: 'kill test' })
  try {
    const rows = await sql<{ id: string }[]>`
      select id from delivery where webhook_id = ${webhookId} and status = 'delivered' order by id desc limit 500`
    for (const { id } of rows) seen.add(id)
  } catch {
    // The database is recovering from a fault. The next call reads the deliveries.
  } finally {
    await close()
  }
}
