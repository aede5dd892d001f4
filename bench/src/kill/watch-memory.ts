import { rssBytes } from '@whook/testing/product/process-usage'
import type { Supervised } from './supervisor.js'

/** Records the peak memory of each process in megabytes; empty without /proc. */
export function watchMemory(processes: Supervised[]) {
  const most = new Map<string, number>()
  const timer = setInterval(() => {
    for (const [index, { name, pid }] of processes.entries()) {
      const megabytes = pid === undefined ? 0 : rssBytes(pid) / 2 ** 20
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
