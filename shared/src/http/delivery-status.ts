import { OneOf } from './common.js'
import type { Static } from 'typebox'

export const deliveryStatuses = [
  'pending',
  'held',
  'delivering',
  'delivered',
  'retrying',
  'dead',
  /** Was dead until a replay of its request reached the same destination. */
  'recovered',
  'filtered',
  'cancelled',
] as const
export const DeliveryStatus = OneOf(deliveryStatuses)
export type DeliveryStatus = Static<typeof DeliveryStatus>

/** Why verification holds a delivery: its request's check failed, or has no verdict yet. */
export type HeldFor = 'verification-failed' | 'verification-pending'
