import { setTimeout as sleep } from 'node:timers/promises'
import { clockShiftsMs, createShiftableClock } from '@whook/testing/product/shiftable-clock'
import type { QueueFlush } from './flush-queue.js'
import type { Random } from './random.js'
import type { Supervised } from './supervisor.js'
import { leaseSecondsDefault } from '@whook/worker/delivery/engine'
import type { TcpProxy } from '@whook/testing/product/tcp-proxy'

/** All a fault may touch. Redis parts are there in the Redis run only. */
export interface Stage {
  random: Random
  apis: Supervised[]
  workers: Supervised[]
  databaseWire: TcpProxy
  database: {
    /** kill -9 of the whole server, then start on the same data. */
    crash: () => Promise<void>
    /** kill -9 of one backend: PostgreSQL resets all of them and recovers. */
    crashBackend: () => Promise<void>
    /** Stops the server in order, and starts it `ms` later. */
    halt: (ms: number) => Promise<void>
    /** No room for `ms`; there where we may mount a disk. */
    fillDisk?: (ms: number, leftKilobytes: number) => Promise<void>
  }
  redisWire?: TcpProxy
  redis?: { crash: () => Promise<void>; flush: () => Promise<QueueFlush> }
  /** Whether a flushed queue may be tried: only when nothing acknowledged lives in it alone. */
  flushAllowed: boolean
  /** What each flush took with it. */
  flushes: QueueFlush[]
  /** Milliseconds each process took that was asked to stop. */
  stopsMs: number[]
  /** Kills one sandbox process; false when none runs. */
  crashSandbox: () => boolean
}

/** Does its harm, undoes what would stay, and says what it was; undefined when it could not be done here. */
export type Fault = (stage: Stage) => Promise<string | undefined>

const frozen = async (process: Supervised, ms: number) => {
  process.signal('SIGSTOP')
  await sleep(ms)
  process.signal('SIGCONT')
  return `${process.name} frozen for ${Math.round(ms)} ms`
}

/** Of a claimed delivery. */
const leaseMs = leaseSecondsDefault * 1000

type Away = 'refuse' | 'blackhole' | 'delay' | 'cut-after'
const aways: Away[] = ['refuse', 'blackhole', 'delay', 'cut-after']

/** Bytes after which `cut-after` cuts: within a greeting, a statement, or a batch. */
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
  return `${process.name} asked to stop for ${Math.round(ms)} ms`
}

/** The next life of this process has a clock that jumps 100 days ahead, an hour ahead, an hour back, and back. */
const jumped = async (process: Supervised) => {
  const clock = await createShiftableClock()
  process.restartWith(clock.env)
  for (const ms of clockShiftsMs) {
    await clock.shift(ms)
    await sleep(3000)
  }
  process.signal('SIGKILL')
  await clock.remove()
  return `${process.name} lived with a clock that jumped`
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
  'PostgreSQL away longer than a lease': async ({ random, database }) => {
    const ms = Math.round(random.between(leaseMs + 1000, leaseMs + 5000))
    await database.halt(ms)
    return `PostgreSQL stopped in order for ${ms} ms`
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

/** Faults that cannot be done here, and why: what a run leaves out must be said. */
export function leftOut({ database }: Stage): string[] {
  return [...(database.fillDisk ? [] : ['a full disk: mounting one takes root, on Linux'])]
}
