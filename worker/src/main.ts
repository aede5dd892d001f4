import { setPriority } from 'node:os'
import { runProcess } from '@whook/runtime/lifetime/run-process'
import { startWorker } from './worker.js'

/**
 * On a machine that both share, answering senders comes before storing what the queue already holds: a sender that waits
 * gives up, a batch does not. Nice values, of which 0 is a process's own; lower ones need no right.
 */
const niceness = 5

await runProcess('worker', async (config, logger) => {
  setPriority(niceness)
  const worker = await startWorker(config, logger)
  logger.info({ slots: config.workerConcurrency }, 'worker.ready')
  return worker
})
