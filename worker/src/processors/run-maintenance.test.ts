import { randomBytes } from 'node:crypto'
import { createTestDatabase } from '@whook/drizzle/testing/test-database'
import { maintenanceTasks } from '@whook/shared'
import { createQueues } from '@whook/shared/server/queues'
import { expect, it, onTestFinished, vi } from 'vitest'
import { maintenanceAtOnce, runMaintenance } from './run-maintenance.js'

it('counts are folded and days get their partitions while a long clean-up runs, which is not begun twice', async () => {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const logger = { warn: vi.fn(), info: vi.fn() }
  const prefix = `test-${randomBytes(6).toString('hex')}`
  const queues = createQueues({ databaseUrl: database.url, logger, prefix })
  onTestFinished(queues.close)
  const begun = { compact: 0, partitions: 0, retention: 0, purge: 0 }
  let end = () => {}
  const long = new Promise<void>((resolve) => (end = resolve))
  onTestFinished(() => end())
  const tasks = {
    compact: async () => begun.compact++,
    partitions: async () => begun.partitions++,
    retention: () => (begun.retention++, long),
    purge: () => (begun.purge++, long),
  }
  queues.process('maintenance', maintenanceAtOnce, runMaintenance({ tasks, logger }))
  for (const task of maintenanceTasks) await queues.schedule(task, 200)

  await expect.poll(() => begun.purge + begun.retention, { timeout: 10_000 }).toBe(2)
  const { compact, partitions } = begun
  await expect.poll(() => begun.compact, { timeout: 10_000 }).toBeGreaterThan(compact + 5)
  await expect.poll(() => begun.partitions, { timeout: 10_000 }).toBeGreaterThan(partitions + 5)
  expect([begun.purge, begun.retention]).toEqual([1, 1])
  end()
  await expect.poll(() => begun.purge, { timeout: 10_000 }).toBeGreaterThan(1)
})
