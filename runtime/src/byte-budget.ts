export interface ByteLease {
  /** Reserves more bytes. Returns false and reserves nothing when the budget or an owner's share is exceeded. */
  add: (bytes: number) => boolean
  /** Releases all bytes of the lease. May be called more than once. */
  release: () => void
}

interface ByteBudgetOptions {
  bytesMax: number
  /**
   * One share per owner of a lease, widest first. An owner may hold at most its share times the free bytes, so that a new
   * owner always finds room. With a share of 1, a single owner gets half of the budget, two owners a third each (dynamic
   * thresholds, Choudhury and Hahne, 1998).
   */
  shares: readonly number[]
  onRefused?: () => void
}

/** Limits the bytes that all requests of one kind hold at the same time, and the part of one owner. */
export function createByteBudget({ bytesMax, shares, onRefused }: ByteBudgetOptions) {
  const heldBy = new Map<string, number>()
  let used = 0

  function allows(owners: readonly string[], bytes: number): boolean {
    const free = bytesMax - used - bytes
    if (free < 0) return false
    for (let i = 0; i < shares.length; i++) {
      if ((heldBy.get(owners[i]!) ?? 0) + bytes > shares[i]! * free) return false
    }
    return true
  }

  function change(owners: readonly string[], bytes: number): void {
    used += bytes
    for (const owner of owners) {
      const held = (heldBy.get(owner) ?? 0) + bytes
      if (held > 0) heldBy.set(owner, held)
      else heldBy.delete(owner)
    }
  }

  return {
    bytesMax,
    get used() {
      return used
    },
    /** `owners`: the ids that share these bytes, one for each of `shares`. The ids must differ. */
    open(owners: readonly string[]): ByteLease {
      let held = 0
      return {
        add(bytes) {
          if (!allows(owners, bytes)) {
            onRefused?.()
            return false
          }
          held += bytes
          change(owners, bytes)
          return true
        },
        release() {
          if (held > 0) change(owners, -held)
          held = 0
        },
      }
    },
  }
}

export type ByteBudget = ReturnType<typeof createByteBudget>
