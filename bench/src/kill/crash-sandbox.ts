import { childrenOf } from '@whook/testing/product/process-usage'
import type { Random } from './random.js'
import type { Supervised } from './supervisor.js'

/** Kills the sandbox process of one worker. Returns false when none is found, or without /proc. */
export function crashSandbox(workers: Supervised[], random: Random): boolean {
  const children = workers.flatMap(({ pid }) => (pid === undefined ? [] : childrenOf(pid)))
  if (children.length === 0) return false
  try {
    process.kill(random.pick(children), 'SIGKILL')
    return true
  } catch {
    // The process ended after it was found.
    return false
  }
}
