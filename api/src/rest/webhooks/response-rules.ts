import { validateHeaderName, validateHeaderValue } from 'node:http'
import { ApiError, limits, type FieldError, type WebhookResponse } from '@whook/shared'

/**
 * Headers a configured answer may not set: they would act on the whole host (cookies, storage, transport, reports of
 * what else is called there), send the sender elsewhere, or contradict the bytes.
 */
const forbidden = new Set([
  'set-cookie',
  'clear-site-data',
  'location',
  'refresh',
  'strict-transport-security',
  'alt-svc',
  'nel',
  'report-to',
  'accept-ch',
  'set-login',
  'use-as-dictionary',
  'service-worker-allowed',
  'content-security-policy',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'trailer',
  'date',
  'x-whook-request-id',
])

/** Told when it is saved, with the place; never found out by a sender. */
export function checkResponse(response: Pick<WebhookResponse, 'headers' | 'status'>): void {
  const errors: FieldError[] = response.headers.flatMap(([name, value], index) => {
    const message = headerProblem(name, value)
    return message ? [{ path: `/response/headers/${index}`, message }] : []
  })
  const bytes = response.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (bytes > limits.answerHeaderBytesMax) {
    const message = `are more than ${limits.answerHeaderBytesMax} bytes together`
    errors.push({ path: '/response/headers', message })
  }
  if (response.status >= 300 && response.status < 400) {
    errors.push({
      path: '/response/status',
      message: 'a redirect would send the sender elsewhere; use 2xx, 4xx or 5xx',
    })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
}

function headerProblem(name: string, value: string): string | undefined {
  const lower = name.toLowerCase()
  if (forbidden.has(lower) || lower.startsWith('access-control-')) return `${name} may not be set here`
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
