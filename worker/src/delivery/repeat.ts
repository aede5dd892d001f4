import type { Logger } from '@whook/runtime/logger'

/**
 * Runs `work` again and again, never twice at once, until stopped. It may answer the milliseconds to wait instead of
 * `everyMs`. A failure is logged and waited out: PostgreSQL may be away.
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
    if (!stopped) timer = setTimeout(() => (running = run()), waitMs)
  }

  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
