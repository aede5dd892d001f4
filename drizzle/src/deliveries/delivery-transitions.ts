import type { DeliveryStatus } from '@whook/shared'

interface Transition {
  from: readonly DeliveryStatus[]
  to: readonly DeliveryStatus[]
}

/**
 * Everything that can happen to a delivery. Each UPDATE names its `from` in its WHERE, so a late or repeated step finds
 * no row; nothing leads out of `delivered`.
 */
export const transitions = {
  /** A worker takes it under a lease. `held` only while its webhook is active again. */
  claim: { from: ['pending', 'retrying', 'held'], to: ['delivering'] },
  /** Its worker did not start it after all. */
  unclaim: { from: ['delivering'], to: ['pending', 'retrying'] },
  /** The verdict of an attempt, by the holder of the lease. */
  record: { from: ['delivering'], to: ['delivered', 'retrying', 'dead', 'filtered'] },
  /** The lease ran out: its worker is gone. Dead when it took too many workers with it. */
  reclaim: { from: ['delivering'], to: ['retrying', 'dead'] },
  /** Older than its destination's retry policy allows, while it waited behind an open circuit. */
  expire: { from: ['pending', 'retrying'], to: ['dead'] },
  hold: { from: ['pending', 'retrying'], to: ['held'] },
  release: { from: ['held'], to: ['pending', 'retrying'] },
  cancel: { from: ['pending', 'retrying', 'held'], to: ['cancelled'] },
  /** By hand: at once, and once more when it had given up. */
  retry: { from: ['retrying', 'dead', 'cancelled'], to: ['pending', 'retrying'] },
  /** A replay of its request reached the same destination. */
  recover: { from: ['dead'], to: ['recovered'] },
  /** Only what its filter kept back, not what a script did. */
  deliverAnyway: { from: ['filtered'], to: ['pending'] },
} as const satisfies Record<string, Transition>

export type DeliveryEvent = keyof typeof transitions

export const finalStatuses = [
  'delivered',
  'dead',
  'recovered',
  'filtered',
  'cancelled',
] as const satisfies DeliveryStatus[]
export type FinalStatus = (typeof finalStatuses)[number]

export const isFinal = (status: DeliveryStatus): status is FinalStatus =>
  (finalStatuses as readonly DeliveryStatus[]).includes(status)
