import { ConfigError, loadConfig, type Config } from '../config.js'
import { createLogger, type Logger } from '../logger.js'
import { watchEventLoop } from './watch-event-loop.js'

interface Started {
  /** What the launcher prints. */
  welcome?: Record<string, string>
  close: () => Promise<void>
}

/** Milliseconds after which a process that cannot stop cleanly ends all the same. What was answered is durable already. */
export const stopMsMax = 19_000

/**
 * Runs an api or a worker. It ends cleanly on SIGTERM, SIGINT and SIGHUP, and when the launcher that started it has
 * ended. It is ended when its event loop hangs.
 */
export async function runProcess(
  name: 'api' | 'worker',
  start: (config: Config, logger: Logger) => Promise<Started>,
): Promise<void> {
  let started: Started | undefined
  let stopping = false
  let logger: Logger | undefined
  async function stop(why: string) {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), stopMsMax).unref()
    // Half started, there is nothing to close in order: no request was answered, and leases cover what was claimed.
    if (!started) process.exit(0)
    logger?.info({ why }, `${name}.stopping`)
    await started.close()
    process.exit(0)
  }
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(event, () => void stop(event))
  // The launcher may have ended while this process was loading; no event comes for that.
  if (process.send && !process.connected) process.exit(0)

  try {
    const config = loadConfig(process.env)
    const log = (logger = createLogger(name, config.logLevel))
    watchEventLoop({
      name,
      hangSeconds: config.hangSeconds,
      silent: log.level === 'silent',
      onFailure: (error) => log.error({ err: error }, 'watchdog.failed: a hang would not be noticed'),
    })
    started = await start(config, log)
    process.send?.({ type: 'ready', ...started.welcome })
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`)
    process.exit(1)
  }
}
