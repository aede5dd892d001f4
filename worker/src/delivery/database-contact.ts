interface Options {
  /** Monotonic milliseconds. */
  now: () => number
  /** Milliseconds between two answers after which PostgreSQL counts as having been away. */
  gapMs: number
}

/**
 * How long PostgreSQL has answered this worker without a gap. Whoever was cut off for a while cannot tell workers that were
 * ended from those that were cut off with it and could not renew their leases either.
 */
export function createDatabaseContact({ now, gapMs }: Options) {
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
    /** Milliseconds without a gap, up to now. */
    steadyMs(): number {
      const at = now()
      return since === undefined || at - last > gapMs ? 0 : at - since
    },
  }
}

export type DatabaseContact = ReturnType<typeof createDatabaseContact>
