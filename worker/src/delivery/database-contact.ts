interface DatabaseContactOptions {
  /** Monotonic milliseconds. */
  now: () => number
  /** Milliseconds between two answers after which PostgreSQL counts as unavailable in between. */
  gapMs: number
}

/**
 * Measures how long PostgreSQL has answered this worker without a gap. After an outage, this worker cannot
 * distinguish a dead worker from a live one: the outage kept both from renewing their leases.
 */
export function createDatabaseContact({ now, gapMs }: DatabaseContactOptions) {
  let since: number | undefined
  let last = -Infinity

  return {
    answered() {
      const at = now()
      if (since === undefined || at - last > gapMs) since = at
      last = at
    },
    failed() {
      since = undefined
    },
    /** Returns the milliseconds without a gap, up to now. */
    steadyMs(): number {
      const at = now()
      return since === undefined || at - last > gapMs ? 0 : at - since
    },
  }
}

export type DatabaseContact = ReturnType<typeof createDatabaseContact>
