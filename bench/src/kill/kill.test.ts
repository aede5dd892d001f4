import { describe, expect, it } from 'vitest'
import { startRedis } from '@whook/testing/product/start-redis'
import { runKill, type KillOptions } from './run-kill.js'

/** A short run of `npm run kill` with a fixed seed. Long runs are started manually and published. */
const short = { seed: 20, seconds: 22, perSecond: 80 }
const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

type KillRun = Pick<KillOptions, 'mode' | 'accept'> & {
  only: NonNullable<KillOptions['only']>
  available: boolean
}
const runs: KillRun[] = [
  {
    mode: 'embedded',
    accept: 'database',
    only: ['kill api', 'kill worker', 'kill database'],
    available: true,
  },
  {
    mode: 'redis',
    accept: 'queue',
    only: ['kill redis', 'kill worker', 'kill api', 'kill database'],
    available: probe !== undefined,
  },
]

describe('SIGKILL of workers only', () => {
  it('keeps the order of first arrivals of an ordering key', async () => {
    const only = ['kill worker', 'stop worker', 'kill sandbox']
    const report = await runKill({ mode: 'embedded', accept: 'database', only, ...short })
    const order = report.verdicts.find(({ id }) => id === 'R15')!
    expect([order.measured, order.violations]).toEqual([undefined, []])
  }, 300_000)
})

describe.each(runs)('SIGKILL in turn: $only, $mode', ({ mode, accept, only, available }) => {
  it.runIf(available)(
    'stores every request answered 202 once and ends every delivery',
    async () => {
      const report = await runKill({ mode, accept, only, ...short })
      expect(report.acknowledged).toBeGreaterThan(100)
      expect(report.faults.length).toBeGreaterThanOrEqual(only.length)
      expect(report.verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
    },
    300_000,
  )
})
