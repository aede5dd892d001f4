import { readFileSync } from 'node:fs'

/**
 * Preloaded into an api or a worker. Measures the elapsed time and the CPU time of the main thread between two turns
 * of a timer. Other processes on a busy machine increase the elapsed time, never the CPU time. Linux only: on other
 * systems both values are the elapsed time.
 */
const everyMs = 5

export interface LoopReport {
  type: 'loop'
  /** Longest time without a turn of the event loop, minus the interval of the timer. */
  delayMs: number
  /** Maximum CPU time of the main thread between two turns. */
  busyMs: number
  /** CPU time of the main thread since the last report. */
  cpuMs: number
}

/** The first number is the CPU time in nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html */
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
