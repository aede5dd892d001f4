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
  /** Its worker was ended, and the lease ran out. Dead when it was tried alone for the last time. */
  reclaim: { from: ['delivering'], to: ['retrying', 'dead'] },
  /** Older than its destination's retry policy allows, while it waited behind an open circuit. */
  expire: { from: ['pending', 'retrying'], to: ['dead'] },
  /** Its request is older than its retention and is removed next. */
  endWithRequest: { from: ['pending', 'retrying', 'held'], to: ['dead'] },
  hold: { from: ['pending', 'retrying'], to: ['held'] },
  release: { from: ['held'], to: ['pending', 'retrying'] },
  /** Of what verification holds, of one webhook, by hand. */
  releaseVerificationHeld: { from: ['held'], to: ['pending'] },
  cancel: { from: ['pending', 'retrying', 'held'], to: ['cancelled'] },
  /** By hand: at once, and once more when it had given up. What verification holds is released. */
  retry: { from: ['pending', 'retrying', 'held', 'dead', 'cancelled'], to: ['pending', 'retrying'] },
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
