import { MaintenanceJob, maintenanceTasks } from '@whook/shared'
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

/** One slot for each task: counts are folded and days get their partitions, however long a clean-up takes. */
export const maintenanceAtOnce = maintenanceTasks.length

export function runMaintenance({ tasks, logger }: Deps) {
  const running = new Set<Task>()

  return async ({ data }: { data: unknown }): Promise<void> => {
    if (!Value.Check(MaintenanceJob, data)) throw unprocessable('the job names no task')
    const { task } = data
    // One that takes longer than its turns are apart would come to fill every slot. Its next turn comes by itself.
    if (running.has(task)) return
    running.add(task)
    try {
      const before = performance.now()
      const result = await tasks[task]()
      const durationMs = Math.round(performance.now() - before)
      if (task !== 'compact') logger.info({ task, durationMs, result }, 'maintenance.done')
    } finally {
      running.delete(task)
    }
  }
}
