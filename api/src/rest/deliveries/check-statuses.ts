import { ApiError, deliveryStatuses } from '@whook/shared'

/** Throws ApiError (400) at `path` if a comma-separated list has an unknown status, which would match nothing. */
export function checkStatuses(list: string | undefined, path: string): void {
  const unknown = (list?.split(',') ?? []).filter(
    (name) => !(deliveryStatuses as readonly string[]).includes(name.trim()),
  )
  if (unknown.length === 0) return
  const message = `${unknown.join(', ')} is not a delivery status; use ${deliveryStatuses.join(', ')}`
  throw new ApiError('validation', { errors: [{ path, message }] })
}
