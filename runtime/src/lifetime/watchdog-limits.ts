/** Data of the process for the watchdog thread. */
export interface Watched {
  name: 'api' | 'worker'
  /** One counter. The main thread's timer increments it in each turn of the event loop. */
  turns: Int32Array
  /** LOG_LEVEL=silent: print nothing. */
  silent: boolean
  /** Number of ticks without a turn until the process is ended. */
  hangTicks: number
  /** The same number when the launcher has ended: then only the watchdog can end the process. */
  orphanTicks: number
  /** The launcher's pid; undefined without a launcher. */
  parent: number | undefined
}

/** Milliseconds between two checks of the event loop. */
export const msPerTick = 500
export const orphanSeconds = 5

/**
 * The signal for a hanging process: exit code 142. Not SIGKILL, which the kernel sends when memory is short. Not SIGABRT,
 * which can write the memory of the process with its secrets to the disk. Windows has neither.
 */
export const hangSignal: NodeJS.Signals = process.platform === 'win32' ? 'SIGKILL' : 'SIGALRM'
