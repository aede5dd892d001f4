import { setPriority } from 'node:os'
import { runProcess } from '@whook/runtime/lifetime/run-process'
import { startWorker } from './worker.js'

/**
 * On a machine shared with the API, incoming webhooks have priority over queued batches: a waiting sender gives up, a
 * batch does not. Nice value above the default of 0: it needs no privilege.
 */
const niceness = 5

await runProcess('worker', async (config, logger) => {
  setPriority(niceness)
  const worker = await startWorker(config, logger)
  logger.info({ slots: config.workerConcurrency }, 'worker.ready')
  return worker
})
