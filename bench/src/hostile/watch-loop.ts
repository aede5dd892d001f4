import { readFileSync } from 'node:fs'

/**
 * Loaded into an api or a worker before its own code. It measures, between two turns of a timer, the time that passed and
 * the time the main thread computed. Other processes on a busy machine lengthen the first, never the second. Linux only:
 * elsewhere both are the time that passed.
 */
const everyMs = 5

export interface LoopReport {
  type: 'loop'
  /** Longest time without a turn of the event loop, beyond the timer's own interval. */
  delayMs: number
  /** Longest time the main thread computed between two turns. */
  busyMs: number
  /** All time the main thread computed since the last report. */
  cpuMs: number
}

/** https://docs.kernel.org/scheduler/sched-stats.html: the first number is time spent on the CPU, in nanoseconds. */
function cpuNow(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ', 1)[0]) / 1e6
  } catch {
    // Not Linux.
    return performance.now()
  }
}

let [delayMs, busyMs] = [0, 0]
let [lastAt, lastCpu, reportedCpu] = [performance.now(), cpuNow(), cpuNow()]

function turn() {
  const [at, cpu] = [performance.now(), cpuNow()]
  delayMs = Math.max(delayMs, at - lastAt - everyMs)
  busyMs = Math.max(busyMs, cpu - lastCpu)
  ;[lastAt, lastCpu] = [at, cpu]
}

setInterval(turn, everyMs).unref()
process.on('message', (message: { type?: string }) => {
  if (message.type !== 'loop') return
  turn()
  const report: LoopReport = { type: 'loop', delayMs, busyMs, cpuMs: lastCpu - reportedCpu }
  ;[delayMs, busyMs, reportedCpu] = [0, 0, lastCpu]
  process.send?.(report)
})
