import { ApiError, type FieldError, type WebhookLimits } from '@whook/shared'

/** What the operator allows: BODY_LIMIT_BYTES and WEBHOOK_RETENTION_DAYS. */
export interface ServerLimits {
  bodyBytesMax: number
  retentionDays: number
}

/** A webhook may take less and keep it for a shorter time than the server; more would be promised and not held. */
export function checkLimits(wished: Partial<WebhookLimits>, server: ServerLimits): void {
  const errors: FieldError[] = (['bodyBytesMax', 'retentionDays'] as const).flatMap((name) =>
    (wished[name] ?? 0) > server[name]
      ? [{ path: `/limits/${name}`, message: `must be at most ${server[name]}, as on this server` }]
      : [],
  )
  if (errors.length > 0) throw new ApiError('validation', { errors })
}
