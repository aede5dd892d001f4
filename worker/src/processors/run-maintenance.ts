import { runSteps, type Steps } from '@whook/drizzle/maintenance/run-steps'
import { monotonicMs } from '@whook/runtime/clock'
import type { Logger } from '@whook/runtime/logger'
import { repeat } from '../delivery/repeat.js'
import type { Metrics } from '../metrics.js'

export const maintenanceTasks = ['compact', 'partitions', 'retention', 'purge', 'queue'] as const
export type MaintenanceTask = (typeof maintenanceTasks)[number]

/** How often each task runs, in milliseconds. */
export const maintenanceEveryMs: Record<MaintenanceTask, number> = {
  compact: 5000,
  partitions: 3_600_000,
  retention: 3_600_000,
  purge: 600_000,
  queue: 300_000,
}

/** Milliseconds between two looks whether a task is due. */
const lookEveryMs = 5000

interface Deps {
  /** Each step safe to run twice, and at the same time in two workers. */
  tasks: Record<MaintenanceTask, Steps>
  /** Whether this worker has the turn: one worker for each interval. */
  claimTurn: (task: MaintenanceTask, everyMs: number) => Promise<boolean>
  metrics: Pick<Metrics, 'maintenanceFailed'>
  logger: Pick<Logger, 'info' | 'error'>
  everyMs?: Record<MaintenanceTask, number>
}

/**
 * Runs the maintenance of the database. PostgreSQL keeps the schedule, by its own clock: a queue that was flushed, or a
 * worker whose clock is wrong, changes nothing. Each task has its own loop, so none waits for a long one.
 */
export function startMaintenance({ tasks, claimTurn, metrics, logger, everyMs = maintenanceEveryMs }: Deps) {
  let stopping = false

  async function runTask(task: MaintenanceTask): Promise<void> {
    if (!(await claimTurn(task, everyMs[task]))) return
    const startedAt = monotonicMs()
    const result = await runSteps(tasks[task], {
      isStopping: () => stopping,
      onFailed(step, error) {
        // What the closing pool cuts off is the next worker's work.
        if (stopping) return
        metrics.maintenanceFailed(task)
        logger.error({ err: error, task, step }, 'maintenance.step-failed')
      },
    })
    const durationMs = Math.round(monotonicMs() - startedAt)
    if (task !== 'compact') logger.info({ task, durationMs, result }, 'maintenance.done')
  }

  const loops = maintenanceTasks.map((task) =>
    repeat(`maintenance.${task}`, Math.min(everyMs[task], lookEveryMs), () => runTask(task), logger),
  )
  return {
    /** Begins no further step. Resolves when the running ones have ended. */
    async stop() {
      stopping = true
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
