import { MaintenanceJob } from '@whook/shared'
import { unprocessable } from '@whook/shared/server/queues'
import type { Logger } from '@whook/shared/server/logger'
import { Value } from 'typebox/value'

type Task = MaintenanceJob['task']

interface Deps {
  /** Each safe to run twice, and at the same time in two workers. */
  tasks: Record<Task, () => Promise<unknown>>
  logger: Pick<Logger, 'info'>
}

/** How often each task runs, in milliseconds. */
export const maintenanceEveryMs: Record<Task, number> = {
  compact: 5000,
  partitions: 6 * 3600_000,
  retention: 3600_000,
  purge: 600_000,
}

export const runMaintenance =
  ({ tasks, logger }: Deps) =>
  async ({ data }: { data: unknown }): Promise<void> => {
    if (!Value.Check(MaintenanceJob, data)) throw unprocessable('the job names no task')
    const before = performance.now()
    const result = await tasks[data.task]()
    const durationMs = Math.round(performance.now() - before)
    if (data.task !== 'compact') logger.info({ task: data.task, durationMs, result }, 'maintenance.done')
  }
