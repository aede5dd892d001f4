import { readFile } from 'node:fs/promises'
import type { Random } from './random.js'
import type { Supervised } from './supervisor.js'

/** Kills one child of one worker: its sandbox. False where there is none, or no /proc to find it in. */
export async function crashSandbox(workers: Supervised[], random: Random): Promise<boolean> {
  const children = await Promise.all(workers.map(({ pid }) => (pid === undefined ? [] : childrenOf(pid))))
  const all = children.flat()
  if (all.length === 0) return false
  try {
    process.kill(random.pick(all), 'SIGKILL')
    return true
  } catch {
    // It ended by itself between the look and the kill.
    return false
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  try {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    // Gone meanwhile, or no Linux.
    return []
  }
}
