import { validateHeaderName, validateHeaderValue } from 'node:http'
import { ApiError, isAnswerHeaderAllowed, limits, type FieldError, type WebhookResponse } from '@whook/shared'

/** Checks what a call sets of the configured answer, so that a sender never finds a fault in it. */
export function checkResponse({ headers = [], status = 202 }: Partial<WebhookResponse>): void {
  const errors: FieldError[] = headers.flatMap(([name, value], index) => {
    const message = headerProblem(name, value)
    return message ? [{ path: `/response/headers/${index}`, message }] : []
  })
  const bytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (bytes > limits.answerHeaderBytesMax) {
    const message = `are more than ${limits.answerHeaderBytesMax} bytes together`
    errors.push({ path: '/response/headers', message })
  }
  if (status >= 300 && status < 400) {
    errors.push({
      path: '/response/status',
      message: 'a redirect would send the sender elsewhere; use 2xx, 4xx or 5xx',
    })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
}

function headerProblem(name: string, value: string): string | undefined {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (error) {
    return (error as Error).message
  }
  if (isAnswerHeaderAllowed(name)) return undefined
  return `${name} is not a header that an answer may set; x- headers of your own are allowed`
}
