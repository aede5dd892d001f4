import type { DeliveryStatus } from '@whook/shared'

const tones: Record<DeliveryStatus, 'ok' | 'bad' | 'wait' | 'off'> = {
  pending: 'wait',
  held: 'wait',
  delivering: 'wait',
  delivered: 'ok',
  retrying: 'wait',
  dead: 'bad',
  recovered: 'ok',
  filtered: 'off',
  cancelled: 'off',
}
/** Sorted by the life cycle of a delivery. */
export const deliveryStatuses = Object.keys(tones) as DeliveryStatus[]

export const statusTone = (status: DeliveryStatus) => tones[status]
