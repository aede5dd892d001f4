/** What the watchdog thread gets to know of the process. */
export interface Watched {
  name: 'api' | 'worker'
  /** One number, raised by each turn of the main thread's event loop that runs its timer. */
  turns: Int32Array
  /** LOG_LEVEL=silent: print nothing. */
  silent: boolean
  /** Ticks without a turn after which the process is ended. */
  hangTicks: number
  /** The same when the launcher has ended: nobody else can end the process then. */
  orphanTicks: number
  /** The launcher's pid; undefined without a launcher. */
  parent: number | undefined
}

/** Milliseconds from one look at the event loop to the next. */
export const msPerTick = 500
export const orphanSeconds = 5

/**
 * Ends a process that hangs: exit code 142. Not SIGKILL, which the kernel sends when memory is short. Not SIGABRT, which
 * can write the memory of the process, secrets included, to the disk. Windows has neither.
 */
export const hangSignal: NodeJS.Signals = process.platform === 'win32' ? 'SIGKILL' : 'SIGALRM'
