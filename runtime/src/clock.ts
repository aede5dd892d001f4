/** Milliseconds of a clock that only goes forward. For durations, rates and waits inside one process. */
export const monotonicMs = (): number => performance.now()

interface Sources {
  wall?: () => number
  monotonic?: () => number
}

/** A wall clock that moved this far against the monotonic one was set, or the machine slept. */
const jumpMs = 1000

/**
 * The time of day by the database's clock. A process learns how far that clock is from its own monotonic clock, so that
 * one machine with a wrong clock makes the same ids, ages and signatures as all others. Before the first measurement it
 * returns the wall clock.
 */
export function createClock({ wall = Date.now, monotonic = monotonicMs }: Sources = {}) {
  /** Database time minus monotonic time. */
  let offset: number | undefined
  /** The measured offset can be wrong by this much: half of the round trip. */
  let errorMs = Infinity
  /** Wall clock minus monotonic clock at the last measurement. */
  let wallAtMeasurement = wall() - monotonic()

  return {
    /** Milliseconds since the epoch. */
    now: (): number => Math.round(offset === undefined ? wall() : offset + monotonic()),
    /** Takes one measurement: the database's time, and the monotonic time before the question and after the answer. */
    learn(databaseMs: number, askedAt: number, answeredAt: number): void {
      const half = (answeredAt - askedAt) / 2
      const measured = databaseMs + half - answeredAt
      wallAtMeasurement = wall() - monotonic()
      // A slow answer that agrees with what is known adds nothing; a step back for its sake would reorder ids.
      const agrees = offset !== undefined && Math.abs(measured - offset) <= half + errorMs
      if (agrees && half >= errorMs) return
      // Processes of one machine share the wall clock to the millisecond: where the measurement cannot tell it from the
      // database's clock it is the better one, and keeps the ids of these processes in order.
      const wallIsRight = Math.abs(wallAtMeasurement - measured) <= half + 1
      offset = wallIsRight ? wallAtMeasurement : measured
      errorMs = half
    },
    /** Whether the wall clock was set, or the machine slept, since the last measurement. */
    jumped: (): boolean => Math.abs(wall() - monotonic() - wallAtMeasurement) > jumpMs,
    /** The wall clock of this process minus the database's clock, in milliseconds. 0 before the first measurement. */
    wallError: (): number => (offset === undefined ? 0 : wall() - monotonic() - offset),
  }
}

export type Clock = ReturnType<typeof createClock>

/** The one clock of this process. */
export const clock = createClock()
