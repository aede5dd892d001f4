import { ApiError, type FieldError, type WebhookLimits } from '@whook/shared'

/** The limits of the operator: BODY_LIMIT_BYTES and WEBHOOK_RETENTION_DAYS. */
export interface ServerLimits {
  bodyBytesMax: number
  retentionDays: number
}

/** Throws ApiError (400) if a webhook's limit exceeds the server's limit: the server would not honor it. */
export function checkLimits(wished: Partial<WebhookLimits>, server: ServerLimits): void {
  const errors: FieldError[] = (['bodyBytesMax', 'retentionDays'] as const).flatMap((name) =>
    (wished[name] ?? 0) > server[name]
      ? [{ path: `/limits/${name}`, message: `must be at most ${server[name]}, the limit of this server` }]
      : [],
  )
  if (errors.length > 0) throw new ApiError('validation', { errors })
}
