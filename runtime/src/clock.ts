/** Returns milliseconds of a clock that never jumps back. For durations, rates and waits inside one process. */
export const monotonicMs = (): number => performance.now()

interface ClockSources {
  wall?: () => number
  monotonic?: () => number
}

/** A wall clock that differs this much from the monotonic clock was set, or the machine slept. */
const jumpMs = 1000

/**
 * A clock that follows the database's clock. It measures the offset between the database's clock and its own monotonic
 * clock, so that a machine with a wrong clock creates correct ids, ages and signatures. Before the first measurement it
 * returns the wall clock.
 */
export function createClock({ wall = Date.now, monotonic = monotonicMs }: ClockSources = {}) {
  /** Database time minus monotonic time. */
  let offset: number | undefined
  /** Possible error of the measured offset: half of the round trip. */
  let errorMs = Infinity
  /** Wall clock minus monotonic clock at the last measurement. */
  let wallAtMeasurement = wall() - monotonic()

  return {
    /** Milliseconds since the epoch. */
    now: (): number => Math.round(offset === undefined ? wall() : offset + monotonic()),
    /** Adds a measurement: the database's time, and the monotonic time before the query and after its result. */
    addMeasurement(databaseMs: number, sentAt: number, receivedAt: number): void {
      const half = (receivedAt - sentAt) / 2
      const measured = databaseMs + half - receivedAt
      wallAtMeasurement = wall() - monotonic()
      // A slow measurement that agrees with the known offset adds nothing, and a step back would reorder ids.
      const agrees = offset !== undefined && Math.abs(measured - offset) <= half + errorMs
      if (agrees && half >= errorMs) return
      // Processes of one machine share the wall clock to the millisecond. When it agrees with the database's clock, use it:
      // it keeps the ids of these processes in order.
      const wallIsRight = Math.abs(wallAtMeasurement - measured) <= half + 1
      offset = wallIsRight ? wallAtMeasurement : measured
      errorMs = half
    },
    /** Returns true when the wall clock was set, or the machine slept, since the last measurement. */
    jumped: (): boolean => Math.abs(wall() - monotonic() - wallAtMeasurement) > jumpMs,
    /** Returns the wall clock of this process minus the database's clock, in milliseconds; 0 before the first measurement. */
    wallError: (): number => (offset === undefined ? 0 : wall() - monotonic() - offset),
  }
}

export type Clock = ReturnType<typeof createClock>

/** The clock of this process. */
export const clock = createClock()
