import { setPriority } from 'node:os'
import { loadConfig } from '@whook/shared/server/config'
import { createLogger } from '@whook/shared/server/logger'
import { startWorker } from './worker.js'

/** Milliseconds after which a worker that cannot stop cleanly goes anyway; leases and stalled jobs cover for it. */
const stopMs = 19_000

/**
 * On a machine that both share, answering senders comes before storing what the queue already holds: a sender that waits
 * gives up, a batch does not. Nice values, of which 0 is a process's own; lower ones need no right.
 */
const niceness = 5
setPriority(niceness)

const config = loadConfig(process.env)
const logger = createLogger('worker', config.logLevel)
const worker = await startWorker(config, logger)
process.send?.({ type: 'ready' })
logger.info({ slots: config.workerConcurrency }, 'worker.ready')

let stopping = false
async function stop(why: string) {
  if (stopping) return
  stopping = true
  logger.info({ why }, 'worker.stopping')
  setTimeout(() => process.exit(1), stopMs).unref()
  await worker.close()
  process.exit(0)
}
/** `disconnect`: the launcher that started us is gone. */
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, () => void stop(event))
