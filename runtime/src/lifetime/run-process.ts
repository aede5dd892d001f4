import { ConfigError, loadConfig, type Config } from '../config.js'
import { createLogger, type Logger } from '../logger.js'
import { watchEventLoop } from './watch-event-loop.js'

interface StartedProcess {
  /** Values that the launcher prints. */
  welcome?: Record<string, string>
  close: () => Promise<void>
}

/** Milliseconds until a process that cannot stop cleanly exits anyway. Acknowledged requests are durable already. */
export const stopMsMax = 19_000

/**
 * Runs an api or a worker. It stops cleanly on SIGTERM, SIGINT and SIGHUP, and when its launcher has ended. The watchdog
 * ends it when its event loop hangs.
 */
export async function runProcess(
  name: 'api' | 'worker',
  start: (config: Config, logger: Logger) => Promise<StartedProcess>,
): Promise<void> {
  let started: StartedProcess | undefined
  let stopping = false
  let logger: Logger | undefined
  async function stop(why: string) {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), stopMsMax).unref()
    // Not started yet: nothing to close. No request was acknowledged, and claimed deliveries return when their leases expire.
    if (!started) process.exit(0)
    logger?.info({ why }, `${name}.stopping`)
    await started.close()
    process.exit(0)
  }
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(event, () => void stop(event))
  // The launcher may have ended while this process was loading. Node emits no event for that.
  if (process.send && !process.connected) process.exit(0)

  try {
    const config = loadConfig(process.env)
    const log = (logger = createLogger(name, config.logLevel))
    watchEventLoop({
      name,
      hangSeconds: config.hangSeconds,
      silent: log.level === 'silent',
      onFailure: (error) =>
        log.error({ err: error }, 'watchdog.failed: a hanging event loop will not be detected'),
    })
    started = await start(config, log)
    process.send?.({ type: 'ready', ...started.welcome })
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`)
    process.exit(1)
  }
}
