import { ApiError, deliveryStatuses } from '@whook/shared'

/** One status, or several joined by commas. A slip would match nothing and say nothing; `path` is where it stands. */
export function checkStatuses(list: string | undefined, path: string): void {
  const unknown = (list?.split(',') ?? []).filter(
    (name) => !(deliveryStatuses as readonly string[]).includes(name.trim()),
  )
  if (unknown.length === 0) return
  const message = `${unknown.join(', ')} is no status; there are ${deliveryStatuses.join(', ')}`
  throw new ApiError('validation', { errors: [{ path, message }] })
}
