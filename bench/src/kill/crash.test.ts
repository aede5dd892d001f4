import { describe, expect, it } from 'vitest'
import { startRedis } from '../product/start-redis.js'
import type { faults } from './faults.js'
import { runKill, type KillOptions } from './run-kill.js'

const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

const runs: { kill: keyof typeof faults; mode: KillOptions['mode'] }[] = [
  { kill: 'kill api', mode: 'redis' },
  { kill: 'kill worker', mode: 'redis' },
  { kill: 'kill redis', mode: 'redis' },
  { kill: 'kill database', mode: 'redis' },
  { kill: 'kill database', mode: 'embedded' },
]

describe.each(runs)('$kill -9, $mode, under load', ({ kill, mode }) => {
  it.runIf(mode === 'embedded' || probe)(
    'loses and doubles nothing that was answered 202',
    async () => {
      const accept = mode === 'redis' ? 'queue' : 'database'
      const report = await runKill({ mode, accept, only: [kill], seed: 7, seconds: 5, perSecond: 60 })
      expect(report.acknowledged).toBeGreaterThan(50)
      expect(report.faults.length).toBeGreaterThan(0)
      expect(report.verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
    },
    180_000,
  )
})
