import type { Logger } from '@whook/runtime/logger'

/**
 * Runs `work` periodically until stopped, one run at a time. `work` may return the milliseconds to wait instead of
 * `everyMs`. A failure is logged, and the next run follows as usual: PostgreSQL may be unavailable.
 */
export function repeat(
  name: string,
  everyMs: number,
  work: () => Promise<unknown>,
  logger: Pick<Logger, 'error'>,
) {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running = run()

  async function run() {
    let waitMs = everyMs
    try {
      const answer = await work()
      if (typeof answer === 'number') waitMs = answer
    } catch (error) {
      logger.error({ err: error }, `${name}.failed`)
    }
    if (!stopped) timer = setTimeout(() => void (running = run()), waitMs)
  }

  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
