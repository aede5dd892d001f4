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

type Body = Partial<CreateDestinationBody>

/** Everything about a destination that would fail every delivery is told here, when it is saved, with its place. */
export async function checkDestination(
  userId: string,
  body: Body,
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

/** Judged as it will be stored: what a change leaves out stays as it was. */
function retryErrors({ retry }: Body, before: RetryPolicy): FieldError[] {
  const { strategy, delaysSeconds } = { ...before, ...retry }
  return strategy === 'list' && delaysSeconds.length === 0
    ? [{ path: '/retry/delaysSeconds', message: 'a list needs at least one delay' }]
    : []
}

function filterErrors({ filter }: Body): FieldError[] {
  const compiled = filter ? compileFilter(filter, '/filter') : undefined
  return compiled && !compiled.ok ? compiled.errors : []
}

function orderingKeyErrors({ orderingKey }: Body): FieldError[] {
  if (typeof orderingKey !== 'string') return []
  const parsed = isStorable(orderingKey) ? parseField(orderingKey) : { message: unstorable }
  return 'message' in parsed ? [{ path: '/orderingKey', message: parsed.message }] : []
}
