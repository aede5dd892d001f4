import { validateHeaderName, validateHeaderValue } from 'node:http'
import { ApiError, isAnswerHeaderAllowed, limits, type FieldError, type WebhookResponse } from '@whook/shared'

/** Throws ApiError (400) for an invalid configured response, so that senders never receive one. */
export function checkResponse({ headers = [], status = 202 }: Partial<WebhookResponse>): void {
  const errors: FieldError[] = headers.flatMap(([name, value], index) => {
    const message = headerProblem(name, value)
    return message ? [{ path: `/response/headers/${index}`, message }] : []
  })
  const bytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (bytes > limits.answerHeaderBytesMax) {
    const message = `must have at most ${limits.answerHeaderBytesMax} bytes in total`
    errors.push({ path: '/response/headers', message })
  }
  if (status >= 300 && status < 400) {
    errors.push({
      path: '/response/status',
      message: 'must not be a redirect; use 2xx, 4xx or 5xx',
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
  return `${name} is not allowed in a response; use an x- header`
}
