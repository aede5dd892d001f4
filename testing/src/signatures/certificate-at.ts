import { vi } from 'vitest'
import type { OutboundCall, Outcome } from '@whook/runtime/outbound/guarded-client'

/** Doubles the way out: a body at a URL, a status, or a failure. What is not here is a 404. */
export function certificateAt(answers: Record<string, string | number | 'timeout' | 'policy'>) {
  const send = vi.fn(async ({ url, responseBytesMax }: OutboundCall): Promise<Outcome> => {
    const answer = answers[url] ?? 404
    if (answer === 'timeout' || answer === 'policy')
      return { kind: 'failure', outcome: answer, message: `it is ${answer}`, durationMs: 1 }
    const whole = Buffer.from(typeof answer === 'string' ? answer : '')
    const body = whole.subarray(0, responseBytesMax)
    const statusCode = typeof answer === 'number' ? answer : 200
    return { kind: 'response', statusCode, headers: [], body, bodySize: whole.length, durationMs: 1 }
  })
  return { send }
}
