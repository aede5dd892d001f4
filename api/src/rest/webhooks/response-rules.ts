import { validateHeaderName, validateHeaderValue } from 'node:http'
import { ApiError, isAnswerHeaderAllowed, limits, type FieldError, type WebhookResponse } from '@whook/shared'

/** Checks what a call sets of the configured answer, so that a sender never finds a fault in it. */
export function checkResponse({ headers = [], status = 202 }: Partial<WebhookResponse>): void {
  const errors: FieldError[] = headers.flatMap(([name, value], index) => {
    const message = headerProblem(name, value)
    return message ? [{ path: `/response/headers/${index}`, message }] : []
  })
  if (headers.length > limits.answerHeadersMax) {
    errors.splice(0, Infinity, {
      path: '/response/headers',
      message: `at most ${limits.answerHeadersMax} headers`,
    })
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
