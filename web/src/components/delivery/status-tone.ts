import type { DeliveryStatus } from '@whook/shared'

const tones: Record<DeliveryStatus, 'ok' | 'bad' | 'wait' | 'off'> = {
  pending: 'wait',
  held: 'wait',
  delivering: 'wait',
  delivered: 'ok',
  retrying: 'wait',
  dead: 'bad',
  filtered: 'off',
  cancelled: 'off',
}
export const statusTone = (status: DeliveryStatus) => tones[status]
