import { vi } from 'vitest'
import type { OutboundCall, Outcome } from '@whook/runtime/outbound/guarded-client'

/** A test double of the outbound client: returns a body, a status or a failure by URL, and 404 for other URLs. */
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
