import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@whook/drizzle'
import { startSetting } from '../figures/setting.js'
import { seededRandom } from '../kill/random.js'
import { startCrowd } from '../load/socket-crowd.js'
import { checkLedger } from './check-ledger.js'
import { judge, type Judged, type Series } from './judge.js'
import { makeWebhooks } from './make-webhooks.js'
import { createReader } from './read-everything.js'
import { startReceivers } from './receivers.js'
import { sendCalls } from './send-calls.js'
import { startVisits } from './visit.js'

export interface SoakOptions {
  mode: 'embedded' | 'redis'
  minutes: number
  perSecond: number
  seed: number
  /** When aborted, the run stops all processes and rejects. */
  signal?: AbortSignal
  say?: (line: string) => void
}

export interface SoakReport {
  rows: Judged[]
  /** Number of responses by status. */
  answers: Record<string, number>
  visits: number
  /** Differences in the ledger, unexpected responses, and processes that ended. */
  violations: string[]
}

const lookEveryMs = 10_000
/** Share of the run that is not judged: pools, caches and compiled code grow at the beginning. */
const warmUpShare = 0.2
const socketsWatching = 12

/**
 * Runs mixed load for a long time, with failing destinations. Reports growing values and violations of the ledger.
 */
export async function runSoak({
  mode,
  minutes,
  perSecond,
  seed,
  signal,
  say = () => {},
}: SoakOptions): Promise<SoakReport> {
  const tempFolder = await mkdtemp(join(tmpdir(), 'whook-soak-'))
  const receivers = await startReceivers()
  const processes = mode === 'redis' ? 2 : 1
  const setting = await startSetting(mode === 'redis' ? 'redis always' : 'embedded', {
    apis: processes,
    workers: processes,
    env: { TMPDIR: tempFolder },
  })
  if (!setting) throw new Error('redis-server is not on the PATH')
  const { product, databaseUrl, redisUrl } = setting
  const violations: string[] = []
  let stopping = false
  for (const child of [...product.apis, ...product.workers])
    child.once('exit', (code, signal) => {
      if (!stopping) violations.push(`a process ended by itself: ${signal ?? code}`)
    })

  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'soak' })
  const reader = await createReader({ product, sql, redisUrl, tempFolder })
  try {
    const webhooks = await makeWebhooks(product.call, receivers.port)
    const crowd = await startCrowd({
      port: product.ports[0]!,
      authorizations: [product.authorization],
      socketsEach: socketsWatching,
    })
    const calls = sendCalls({ ports: product.ports, webhooks, perSecond, random: seededRandom(seed) })
    const visits = startVisits({ product, webhooks, perSecond: 5, random: seededRandom(seed + 1) })

    const series = await look()
    await Promise.all([calls.stop(), visits.stop()])
    const { messages, gaps } = await crowd.stop()
    if (messages === 0) violations.push('no socket received a message')
    if (gaps > 0) say(`${gaps} gap messages sent to sockets`)
    say('No more load; waiting until everything is processed')
    const failures = [
      ...visits.failures,
      ...(await checkLedger({ sql, product, statuses: calls.statuses, signal })),
    ]
    return {
      rows: series.map(judge),
      answers: Object.fromEntries(calls.statuses),
      visits: visits.visits,
      violations: [...violations, ...failures],
    }
  } finally {
    stopping = true
    reader.close()
    await close()
    await setting.stop()
    await receivers.close()
    await rm(tempFolder, { recursive: true, force: true })
  }

  async function look(): Promise<Series[]> {
    const series = new Map<string, Series>()
    const startedAt = performance.now()
    const endsAt = startedAt + minutes * 60_000
    for (let next = startedAt + lookEveryMs; next <= endsAt; next += lookEveryMs) {
      await sleep(Math.max(0, next - performance.now()), undefined, { signal })
      const seconds = (performance.now() - startedAt) / 1000
      const readings = await reader.read().catch((error: Error) => {
        violations.push(`the reading after ${Math.round(seconds)} s failed: ${error.message}`)
        return []
      })
      const told = ['api 1: memory', 'worker 1: memory', 'deliveries waiting'].map(
        (name) => `${name} ${Math.round(readings.find((reading) => reading.name === name)?.value ?? NaN)}`,
      )
      say(`${Math.round((endsAt - performance.now()) / 1000)} s left: ${told.join(', ')}`)
      if (seconds < minutes * 60 * warmUpShare) continue
      for (const { value, ...about } of readings) {
        // The value was not available at that moment.
        if (Number.isNaN(value)) continue
        const known = series.get(about.name) ?? { ...about, points: [] }
        series.set(about.name, known)
        known.points.push([seconds, value])
      }
    }
    return [...series.values()]
  }
}
