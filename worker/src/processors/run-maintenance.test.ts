import { claimTurn } from '@whook/drizzle/maintenance/claim-turn'
import { createTestDatabase } from '@whook/testing/test-database'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startMaintenance, type MaintenanceTask } from './run-maintenance.js'

const everyMs = { compact: 100, partitions: 100, retention: 100, purge: 100, queue: 100 }
const logger = { info: vi.fn(), error: vi.fn() }

/** A test database, and maintenance with the steps of the test. */
async function withMaintenance(tasks: Partial<Parameters<typeof startMaintenance>[0]['tasks']>) {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const maintenanceFailed = vi.fn()
  const start = () => {
    const maintenance = startMaintenance({
      tasks: { compact: {}, partitions: {}, retention: {}, purge: {}, queue: {}, ...tasks },
      claimTurn: (task: MaintenanceTask, ms) => claimTurn(database.sql, task, ms),
      metrics: { maintenanceFailed },
      logger,
      everyMs,
    })
    onTestFinished(maintenance.stop)
    return maintenance
  }
  return { ...database, start, maintenanceFailed }
}

it('runs other tasks during a long task and does not start that twice', async () => {
  const begun = { compact: 0, purge: 0 }
  let end = () => {}
  const long = new Promise<void>((resolve) => (end = resolve))
  const { start } = await withMaintenance({
    compact: { fold: async () => begun.compact++ },
    purge: { rows: () => (begun.purge++, long) },
  })
  start()
  onTestFinished(() => end())
  await expect.poll(() => begun.purge).toBe(1)
  const { compact } = begun
  await expect.poll(() => begun.compact).toBeGreaterThan(compact + 3)
  expect(begun.purge).toBe(1)
  end()
  await expect.poll(() => begun.purge).toBeGreaterThan(1)
})

it('counts a failed step, runs the next steps and stops between steps', async () => {
  const later = vi.fn(async () => {})
  const { start, maintenanceFailed } = await withMaintenance({
    retention: { days: () => Promise.reject(new Error('locked')), webhooks: later },
  })
  const maintenance = start()
  await expect.poll(() => later.mock.calls.length).toBeGreaterThan(0)
  expect(maintenanceFailed).toHaveBeenCalledWith('retention')
  await maintenance.stop()
  const runs = later.mock.calls.length
  await new Promise((resolve) => setTimeout(resolve, 3 * everyMs.retention))
  expect(later.mock.calls.length).toBe(runs)
})

it('keeps its schedule when the clock of the worker jumps 100 days', async () => {
  const ran = vi.fn(async () => {})
  const { start, sql } = await withMaintenance({ partitions: { days: ran } })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 100 * 86_400_000 })
  onTestFinished(() => void vi.useRealTimers())
  start()
  await expect.poll(() => ran.mock.calls.length).toBeGreaterThan(1)
  expect(await sql`select from maintenance_task where due_at > now() + interval '1 minute'`).toHaveLength(0)
})
