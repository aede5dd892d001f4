import { maintenanceTasks, type MaintenanceJob } from '@whook/shared'
import type { Logger } from '@whook/shared/server/logger'
import type { Queues } from '@whook/shared/server/queues'
import { repeat } from '../delivery/repeat.js'

interface Options {
  queues: Pick<Queues, 'schedule' | 'isScheduled'>
  everyMs: Record<MaintenanceJob['task'], number>
  lookEveryMs?: number
  logger: Pick<Logger, 'error' | 'warn'>
}

/** A queue that was flushed knows no repeating jobs any more, and days would get no partitions: they are made again. */
export function keepSchedules({ queues, everyMs, lookEveryMs = 10_000, logger }: Options) {
  async function keep() {
    for (const task of maintenanceTasks) {
      if (await queues.isScheduled(task)) continue
      logger.warn({ task }, 'maintenance.scheduled-again')
      await queues.schedule(task, everyMs[task])
    }
  }
  return repeat('maintenance.keep-schedules', lookEveryMs, keep, logger)
}
