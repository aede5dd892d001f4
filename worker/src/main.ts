import { setPriority } from 'node:os'
import { ConfigError, loadConfig } from '@whook/shared/server/config'
import { createLogger } from '@whook/shared/server/logger'
import { startWorker } from './worker.js'

/** Milliseconds after which a worker that cannot stop cleanly goes anyway; leases and stalled jobs cover for it. */
const stopMs = 19_000

/**
 * On a machine that both share, answering senders comes before storing what the queue already holds: a sender that waits
 * gives up, a batch does not. Nice values, of which 0 is a process's own; lower ones need no right.
 */
const niceness = 5

/** Starts one worker; ends cleanly on SIGTERM, SIGINT, SIGHUP, or when the launcher that started it is gone. */
async function main() {
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
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(event, () => void stop(event))
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`)
  process.exit(1)
})
