import { setTimeout as sleep } from 'node:timers/promises'
import { clockShiftsMs, createShiftableClock } from '@whook/testing/product/shiftable-clock'
import type { QueueFlush } from './flush-queue.js'
import type { Random } from './random.js'
import type { Supervised } from './supervisor.js'
import { leaseSecondsDefault } from '@whook/worker/delivery/claim/leases'
import type { TcpProxy } from '@whook/testing/product/tcp-proxy'

/** The environment that faults may change. The Redis parts exist only in Redis mode. */
export interface Stage {
  random: Random
  apis: Supervised[]
  workers: Supervised[]
  databaseWire: TcpProxy
  database: {
    /** Kills the whole server with SIGKILL and starts it on the same data. */
    crash: () => Promise<void>
    /** Kills one backend with SIGKILL: PostgreSQL resets all backends and recovers. */
    crashBackend: () => Promise<void>
    /** Shuts the server down and starts it `ms` later. */
    halt: (ms: number) => Promise<void>
    /** Fills the disk for `ms`. Exists only when the test may mount a disk. */
    fillDisk?: (ms: number, leftKilobytes: number) => Promise<void>
  }
  redisWire?: TcpProxy
  redis?: { crash: () => Promise<void>; flush: () => Promise<QueueFlush> }
  /** Whether the queue may be flushed: only when no acknowledged request is stored only in the queue. */
  flushAllowed: boolean
  /** The flushes, with the requests that each one removed. */
  flushes: QueueFlush[]
  /** Milliseconds that each process took to end after SIGTERM. */
  stopsMs: number[]
  /** Kills one sandbox process; false when none runs. */
  crashSandbox: () => boolean
}

/** Injects a fault and reverts it. Resolves to its description; to undefined when the fault is not possible here. */
export type Fault = (stage: Stage) => Promise<string | undefined>

const frozen = async (process: Supervised, ms: number) => {
  process.signal('SIGSTOP')
  await sleep(ms)
  process.signal('SIGCONT')
  return `${process.name} frozen for ${Math.round(ms)} ms`
}

/** Lease of a claimed delivery. */
const leaseMs = leaseSecondsDefault * 1000

type Away = 'refuse' | 'blackhole' | 'delay' | 'cut-after'
const aways: Away[] = ['refuse', 'blackhole', 'delay', 'cut-after']

/** Number of bytes before `cut-after` resets: within a handshake, a statement or a batch. */
const anyLength = (random: Random) => Math.round(10 ** random.between(1, 5))

const away = async (name: string, wire: TcpProxy, random: Random) => {
  const [mode, ms] = [random.pick(aways), random.between(500, 5000)]
  wire.setMode(mode, mode === 'cut-after' ? anyLength(random) : 100)
  await sleep(ms)
  wire.setMode('pass')
  return `${name} wire: ${mode} for ${Math.round(ms)} ms`
}

const asked = async (process: Supervised, stopsMs: number[]) => {
  const ms = await process.askToStop()
  if (ms === undefined) return undefined
  stopsMs.push(ms)
  return `${process.name} stopped by SIGTERM within ${Math.round(ms)} ms`
}

/** Restarts this process with a clock that jumps 100 days ahead, one hour ahead, one hour behind, and back. */
const jumped = async (process: Supervised) => {
  const clock = await createShiftableClock()
  process.restartWith(clock.env)
  for (const ms of clockShiftsMs) {
    await clock.shift(ms)
    await sleep(3000)
  }
  process.signal('SIGKILL')
  await clock.remove()
  return `${process.name} ran with a jumping clock`
}

export const faults: Record<string, Fault> = {
  'kill api': async ({ random, apis }) => (random.pick(apis).signal('SIGKILL'), 'api killed'),
  'kill worker': async ({ random, workers }) => (random.pick(workers).signal('SIGKILL'), 'worker killed'),
  'stop api': async ({ random, apis, stopsMs }) => asked(random.pick(apis), stopsMs),
  'stop worker': async ({ random, workers, stopsMs }) => asked(random.pick(workers), stopsMs),
  'kill sandbox': async ({ crashSandbox }) => (crashSandbox() ? 'sandbox killed' : undefined),
  'freeze api': async ({ random, apis }) => frozen(random.pick(apis), random.between(500, 4000)),
  'freeze worker': async ({ random, workers }) => frozen(random.pick(workers), random.between(1000, 25_000)),
  'kill database': async ({ database }) => (await database.crash(), 'PostgreSQL killed and started'),
  'PostgreSQL down longer than a lease': async ({ random, database }) => {
    const ms = Math.round(random.between(leaseMs + 1000, leaseMs + 5000))
    await database.halt(ms)
    return `PostgreSQL shut down for ${ms} ms`
  },
  'kill backend': async ({ database }) => (await database.crashBackend(), 'one PostgreSQL backend killed'),
  'cut database': async ({ databaseWire }) => (databaseWire.cut(), 'database connections reset'),
  'forget database': async ({ databaseWire }) => (databaseWire.halfOpen(), 'database connections half open'),
  'database away': async ({ random, databaseWire }) => away('database', databaseWire, random),
  'fill disk': async ({ random, database }) => {
    if (!database.fillDisk) return undefined
    const [ms, leftKilobytes] = [random.between(1000, 5000), Math.round(random.between(0, 4096))]
    await database.fillDisk(ms, leftKilobytes)
    return `PostgreSQL's disk full for ${Math.round(ms)} ms`
  },
  'clock of one process': async ({ random, apis, workers }) => jumped(random.pick([...apis, ...workers])),
  'kill redis': async ({ redis }) => (redis ? (await redis.crash(), 'Redis killed and started') : undefined),
  'flush redis': async ({ redis, flushAllowed, flushes }) =>
    redis && flushAllowed ? (flushes.push(await redis.flush()), 'Redis flushed') : undefined,
  'forget redis': async ({ redisWire }) => redisWire && (redisWire.halfOpen(), 'redis connections half open'),
  'redis away': async ({ random, redisWire }) => redisWire && away('redis', redisWire, random),
}

/** Returns the faults that are not possible here, with the reason: the report must list them. */
export function leftOut({ database }: Stage): string[] {
  return [...(database.fillDisk ? [] : ['a full disk: requires Linux and root to mount a disk'])]
}
