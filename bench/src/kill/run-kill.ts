import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '@whook/drizzle'
import { faults } from './faults.js'
import { checkInvariants, type Verdict } from './invariants.js'
import { seededRandom } from './random.js'
import { startSender } from './sender.js'
import { startSink } from './sink.js'
import { startStage } from './start-stage.js'

export interface KillOptions {
  mode: 'embedded' | 'redis'
  accept: 'queue' | 'database'
  seed: number
  seconds: number
  perSecond: number
  /** These faults, in turn; default: any, as the seed says. */
  only?: (keyof typeof faults)[]
  say?: (line: string) => void
}

export interface KillReport {
  acknowledged: number
  refused: number
  unanswered: number
  faults: string[]
  restarts: number
  verdicts: Verdict[]
}

const settleMs = 180_000
const retry = { strategy: 'list', delaysSeconds: [1, 1, 2], attemptsMax: 50, jitter: 0 }

/** Load, harm, rest, judgement. The same seed plans the same harm. */
export async function runKill({
  mode,
  accept,
  seed,
  seconds,
  perSecond,
  only,
  say = () => {},
}: KillOptions): Promise<KillReport> {
  const random = seededRandom(seed)
  const sink = await startSink(seededRandom(seed + 1))
  const { stage, ports, call, databaseUrl, stop } = await startStage({ mode, accept, random })
  try {
    const webhook = await call<{ id: string; slug: string }>('POST', '/webhooks', { name: 'Kill test' })
    const destinations = await addDestinations(call, webhook.id, sink.port)
    const sender = startSender({ ports, path: `/${webhook.slug}`, perSecond, lanes: 40 })

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
    say('No more harm; waiting until everything has come to rest')
    const restarts = [...stage.apis, ...stage.workers].reduce((sum, process) => sum + process.restarts, 0)
    const { sql, close } = connect(databaseUrl(), { poolSize: 2, name: 'kill test' })
    try {
      await settled(sql, webhook.id, log.acknowledged.size)
      const evidence = {
        // With the database always there and clocks that agree, an answer follows its commit.
        ordered: accept === 'database' && !done.some((fault) => /PostgreSQL|database|clock/.test(fault)),
        sql,
        webhookId: webhook.id,
        sender: log,
        sink: sink.entries,
        destinations,
        onceDelivered,
      }
      return {
        acknowledged: log.acknowledged.size,
        refused: log.refused.size,
        unanswered: log.unanswered.size,
        faults: done,
        restarts,
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

type Call = <T>(method: string, path: string, body: unknown) => Promise<T>

async function addDestinations(call: Call, webhookId: string, port: number) {
  const add = async (name: string, extra: object) => {
    const body = {
      name,
      url: `http://127.0.0.1:${port}/${name}`,
      timeoutMs: 3000,
      retry,
      limits: { concurrency: 100 },
      ...extra,
    }
    return (await call<{ id: string }>('POST', `/webhooks/${webhookId}/destinations`, body)).id
  }
  return {
    healthy: await add('healthy', { script: 'function transform(data) { return data }' }),
    flaky: await add('flaky', {}),
    ordered: await add('ordered', { orderingKey: 'body.lane' }),
  }
}

/** Until every delivery has ended and nothing more is being stored. */
async function settled(sql: Sql, webhookId: string, acknowledged: number): Promise<void> {
  const deadline = Date.now() + settleMs
  for (;;) {
    const [state] = await sql<{ open: number; stored: number }[]>`
      select (select count(*)::int from delivery where webhook_id = ${webhookId}
                and status not in ('delivered', 'dead', 'filtered', 'cancelled')) as open,
        (select count(*)::int from webhook_request where webhook_id = ${webhookId}) as stored`
    if (state!.open === 0 && state!.stored >= acknowledged) return
    if (Date.now() > deadline) return
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
    // The database is recovering from a fault: the next look will tell.
  } finally {
    await close()
  }
}
