import {
  ApiError,
  defaultRetryPolicy,
  type CreateDestinationBody,
  type FieldError,
  type RetryPolicy,
} from '@whook/shared'
import { compileFilter } from '@whook/runtime/filter/compile-filter'
import { parseField } from '@whook/runtime/filter/parse-field'
import { validateCustomHeaders, validateForwardHeaders } from '@whook/runtime/outbound/forward-headers'
import type { UrlVerdict } from '@whook/runtime/outbound/url-policy'
import { isStorable, unstorable } from '@whook/runtime/storable'

export interface DestinationChecks {
  checkUrl: (raw: string) => UrlVerdict
  checkScript: (userId: string, script: string) => Promise<FieldError[]>
}

type DestinationBody = Partial<CreateDestinationBody>

/**
 * Throws ApiError (400) for settings that would fail every delivery, with the field of each. Returns the normalized URL
 * if the body has one.
 */
export async function checkDestination(
  userId: string,
  body: DestinationBody,
  { checkUrl, checkScript }: DestinationChecks,
  before: { retry: RetryPolicy } = { retry: defaultRetryPolicy },
): Promise<{ url?: string }> {
  const verdict = body.url === undefined ? undefined : checkUrl(body.url)
  const errors: FieldError[] = [
    ...(verdict && !verdict.ok ? [{ path: '/url', message: verdict.message }] : []),
    ...validateCustomHeaders(body.headers ?? []),
    ...validateForwardHeaders(body.forwardHeaders ?? []),
    ...retryErrors(body, before.retry),
    ...filterErrors(body),
    ...orderingKeyErrors(body),
    ...(typeof body.script === 'string' ? await checkScript(userId, body.script) : []),
  ]
  if (errors.length > 0) throw new ApiError('validation', { errors })
  return verdict?.ok ? { url: verdict.url.href } : {}
}

/** Checks the merged retry policy: omitted fields keep their stored values. */
function retryErrors({ retry }: DestinationBody, before: RetryPolicy): FieldError[] {
  const { strategy, delaysSeconds } = { ...before, ...retry }
  return strategy === 'list' && delaysSeconds.length === 0
    ? [{ path: '/retry/delaysSeconds', message: 'must have at least one delay' }]
    : []
}

function filterErrors({ filter }: DestinationBody): FieldError[] {
  const compiled = filter ? compileFilter(filter, '/filter') : undefined
  return compiled && !compiled.ok ? compiled.errors : []
}

function orderingKeyErrors({ orderingKey }: DestinationBody): FieldError[] {
  if (typeof orderingKey !== 'string') return []
  const parsed = isStorable(orderingKey) ? parseField(orderingKey) : { message: unstorable }
  return 'message' in parsed ? [{ path: '/orderingKey', message: parsed.message }] : []
}
