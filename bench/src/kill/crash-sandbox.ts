import { childrenOf } from '@whook/testing/product/process-usage'
import type { Random } from './random.js'
import type { Supervised } from './supervisor.js'

/** Kills one child of one worker: its sandbox. False where there is none, or no /proc to find it in. */
export function crashSandbox(workers: Supervised[], random: Random): boolean {
  const children = workers.flatMap(({ pid }) => (pid === undefined ? [] : childrenOf(pid)))
  if (children.length === 0) return false
  try {
    process.kill(random.pick(children), 'SIGKILL')
    return true
  } catch {
    // It ended by itself between the look and the kill.
    return false
  }
}
