import { ApiError, type CreateDestinationBody, type FieldError } from '@whook/shared'
import { validateCustomHeaders } from '@whook/shared/server/outbound/forward-headers'
import type { checkDestinationUrl } from '@whook/shared/server/outbound/url-policy'
import { type UrlVerdict } from '@whook/shared/server/outbound/url-policy'

export type CheckUrl = (raw: string) => UrlVerdict
export type UrlPolicyOptions = Parameters<typeof checkDestinationUrl>[1]

/** Everything about a destination that would fail every delivery is told here, when it is saved, with its place. */
export function checkDestination(body: Partial<CreateDestinationBody>, checkUrl: CheckUrl): { url?: string } {
  const errors: FieldError[] = validateCustomHeaders(body.headers ?? [])
  const verdict = body.url === undefined ? undefined : checkUrl(body.url)
  if (verdict && !verdict.ok) errors.push({ path: '/url', message: verdict.message })
  const { retry } = body
  if (retry?.strategy === 'list' && retry.delaysSeconds?.length === 0) {
    errors.push({ path: '/retry/delaysSeconds', message: 'a list needs at least one delay' })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
  return verdict?.ok ? { url: verdict.url.href } : {}
}
