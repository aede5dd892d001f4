import { readFileSync } from 'node:fs'
import type { Supervised } from './supervisor.js'

/** The most memory each process was seen with, in megabytes; empty where there is no /proc. */
export function watchMemory(processes: Supervised[]) {
  const most = new Map<string, number>()
  const timer = setInterval(() => {
    for (const [index, { name, pid }] of processes.entries()) {
      const megabytes = pid === undefined ? 0 : residentMegabytes(pid)
      const key = `${name} ${index}`
      if (megabytes > (most.get(key) ?? 0)) most.set(key, megabytes)
    }
  }, 500)
  return {
    stop: () => {
      clearInterval(timer)
      return most
    },
  }
}

export function residentMegabytes(pid: number): number {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(line?.[1] ?? 0) / 1024
  } catch {
    // It ended meanwhile, or this is no Linux.
    return 0
  }
}
