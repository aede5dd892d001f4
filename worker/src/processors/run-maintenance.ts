import { runSteps, type Steps } from '@whook/drizzle/maintenance/run-steps'
import { monotonicMs } from '@whook/runtime/clock'
import type { Logger } from '@whook/runtime/logger'
import { repeat } from '../delivery/repeat.js'

export const maintenanceTasks = ['compact', 'partitions', 'retention', 'purge', 'queue'] as const
export type MaintenanceTask = (typeof maintenanceTasks)[number]

/** Interval of each task in milliseconds. */
export const maintenanceEveryMs: Record<MaintenanceTask, number> = {
  compact: 5000,
  partitions: 3_600_000,
  retention: 3_600_000,
  purge: 600_000,
  queue: 300_000,
}

/** Milliseconds between two checks whether a task is due. */
const pollEveryMs = 5000

interface MaintenanceDeps {
  /** Each step must be safe to run twice, and in two workers at the same time. */
  tasks: Record<MaintenanceTask, Steps>
  /** Resolves to whether this worker runs the task now: one worker per interval. */
  claimTurn: (task: MaintenanceTask, everyMs: number) => Promise<boolean>
  metrics: { maintenanceFailed: (task: MaintenanceTask) => void }
  logger: Pick<Logger, 'info' | 'error'>
  everyMs?: Record<MaintenanceTask, number>
}

/**
 * Runs the maintenance of the database. PostgreSQL keeps the schedule, with its own clock: a flushed queue or a
 * worker with a wrong clock does not change the schedule. Each task has its own loop, so no task waits for a long
 * one.
 */
export function startMaintenance({
  tasks,
  claimTurn,
  metrics,
  logger,
  everyMs = maintenanceEveryMs,
}: MaintenanceDeps) {
  let stopping = false

  async function runTask(task: MaintenanceTask): Promise<void> {
    if (!(await claimTurn(task, everyMs[task]))) return
    const startedAt = monotonicMs()
    const result = await runSteps(tasks[task], {
      isStopping: () => stopping,
      onFailed(step, error) {
        // The closing pool interrupted the step. The next worker runs it again.
        if (stopping) return
        metrics.maintenanceFailed(task)
        logger.error({ err: error, task, step }, 'maintenance.step-failed')
      },
    })
    const durationMs = Math.round(monotonicMs() - startedAt)
    if (task !== 'compact') logger.info({ task, durationMs, result }, 'maintenance.done')
  }

  const loops = maintenanceTasks.map((task) =>
    repeat(`maintenance.${task}`, Math.min(everyMs[task], pollEveryMs), () => runTask(task), logger),
  )
  return {
    /** Starts no further step. Resolves when the running steps ended. */
    async stop() {
      stopping = true
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
