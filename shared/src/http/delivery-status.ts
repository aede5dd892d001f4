import { OneOf } from './common.js'
import type { Static } from 'typebox'

export const deliveryStatuses = [
  'pending',
  'held',
  'delivering',
  'delivered',
  'retrying',
  'dead',
  /** Was dead; later a replay of the request was delivered to the same destination. */
  'recovered',
  'filtered',
  'cancelled',
] as const
export const DeliveryStatus = OneOf(deliveryStatuses)
export type DeliveryStatus = Static<typeof DeliveryStatus>

/** Why a delivery is held: the signature check of the request failed, or has no result yet. */
export type HeldFor = 'verification-failed' | 'verification-pending'
