import type { DeliveryStatus } from '@whook/shared'

interface Transition {
  from: readonly DeliveryStatus[]
  to: readonly DeliveryStatus[]
}

/**
 * All transitions of a delivery. Each UPDATE has its `from` states in its WHERE, so a late or repeated step changes no
 * row. No transition leaves `delivered`.
 */
export const transitions = {
  /** A worker claims the delivery with a lease. From `held` only when its webhook is active again. */
  claim: { from: ['pending', 'retrying', 'held'], to: ['delivering'] },
  /** The worker releases a claim that it did not start. */
  unclaim: { from: ['delivering'], to: ['pending', 'retrying'] },
  /** The holder of the lease records the result of an attempt. */
  record: { from: ['delivering'], to: ['delivered', 'retrying', 'dead', 'filtered'] },
  /** The worker stopped and the lease expired. `dead` when the delivery was sent alone and for the last time. */
  reclaim: { from: ['delivering'], to: ['retrying', 'dead'] },
  /** The delivery exceeded the maximum age of the retry policy while it waited behind an open circuit. */
  expire: { from: ['pending', 'retrying'], to: ['dead'] },
  /** The request is older than its retention and is removed next. */
  endWithRequest: { from: ['pending', 'retrying', 'held'], to: ['dead'] },
  hold: { from: ['pending', 'retrying'], to: ['held'] },
  release: { from: ['held'], to: ['pending', 'retrying'] },
  /** The user releases the deliveries of one webhook that verification holds. */
  releaseVerificationHeld: { from: ['held'], to: ['pending'] },
  cancel: { from: ['pending', 'retrying', 'held'], to: ['cancelled'] },
  /** The user retries the delivery immediately, also a dead or cancelled one. Releases a hold for verification. */
  retry: { from: ['pending', 'retrying', 'held', 'dead', 'cancelled'], to: ['pending', 'retrying'] },
  /** A replay of its request reached the same destination. */
  recover: { from: ['dead'], to: ['recovered'] },
  /** The user sends a delivery that its filter dropped. Not possible when a script dropped it. */
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

/** They wait in a destination queue. */
export const waitingStatuses = transitions.claim.from
/** They have no final state: they wait, or are in flight. */
export const openStatuses = [...waitingStatuses, ...transitions.claim.to] as const satisfies DeliveryStatus[]
/** They ended without an attempt that passed or failed. */
export const skippedStatuses = ['filtered', 'cancelled'] as const satisfies FinalStatus[]

export const isFinal = (status: DeliveryStatus): status is FinalStatus =>
  (finalStatuses as readonly DeliveryStatus[]).includes(status)
