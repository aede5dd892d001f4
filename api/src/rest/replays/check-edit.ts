import { METHODS, validateHeaderName, validateHeaderValue } from 'node:http'
import { bodyOf } from '@whook/drizzle/queries/request/body-of'
import { ApiError, limits, type FieldError, type RequestEdit } from '@whook/shared'
import { headerValueToWire } from '@whook/runtime/raw-headers'

/** The methods that hook URLs accept: all of Node's HTTP parser except TRACE and CONNECT. */
const methods = new Set(METHODS.filter((method) => method !== 'TRACE' && method !== 'CONNECT'))

/** Applies the limits of received requests to an edited one. Throws ApiError (400 or 413). */
export function checkEdit(
  { method, headers = [], body }: RequestEdit,
  { bodyLimitBytes }: { bodyLimitBytes: number },
): void {
  const errors = headers.flatMap(([name, value], index) => headerError(name, value, index))
  const bytes = headers.flat().reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 0)
  if (headers.length > limits.headersMax || bytes > limits.headerBytesMax) {
    const message = `must have at most ${limits.headersMax} headers with ${limits.headerBytesMax} bytes in total`
    errors.push({ path: '/edit/headers', message })
  }
  if (method !== undefined && !methods.has(method)) {
    errors.push({ path: '/edit/method', message: 'is not a supported HTTP method' })
  }
  if (body && (body.text === undefined) === (body.base64 === undefined)) {
    errors.push({ path: '/edit/body', message: 'must have either text or base64' })
  }
  if (body?.base64 !== undefined && !isBase64(body.base64)) {
    errors.push({ path: '/edit/body/base64', message: 'is not base64' })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
  if (body && bodyOf(body).length > bodyLimitBytes) {
    throw new ApiError('body-too-large', { detail: `The body may have at most ${bodyLimitBytes} bytes` })
  }
}

/** Padding is optional. A single leftover digit is rejected, because decoding would drop it silently. */
const isBase64 = (text: string) =>
  /^[0-9A-Za-z+/]*={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1

function headerError(name: string, value: string, index: number): FieldError[] {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, headerValueToWire(value))
    return []
  } catch (error) {
    return [{ path: `/edit/headers/${index}`, message: (error as Error).message }]
  }
}
