import { afterEach, describe, expect, it, vi } from 'vitest'
import { Unreachable } from '../problems.js'
import { sendToWebhook } from './client.js'

const answers = (answer: () => Promise<Response>) => vi.stubGlobal('fetch', answer)
const called = () =>
  sendToWebhook('http://localhost:5000/wh_a', { method: 'POST', headers: [['x-a', '1']], body: '{}' })
afterEach(() => vi.unstubAllGlobals())

describe('sendToWebhook', () => {
  it('resolves when the webhook is configured to respond with an error status', async () => {
    answers(async () => new Response('no', { status: 500, headers: { 'x-whook-request-id': 'r' } }))
    await expect(called()).resolves.toBeUndefined()
  })

  it('throws ApiProblem with the problem detail when the request is refused', async () => {
    const problem = { code: 'webhook-disabled', title: 'Disabled', detail: 'This webhook is disabled' }
    answers(async () =>
      Response.json(problem, { status: 410, headers: { 'content-type': 'application/problem+json' } }),
    )
    await expect(called()).rejects.toMatchObject({ message: 'This webhook is disabled', status: 410 })
  })

  it('throws Unreachable when the server does not respond', async () => {
    answers(() => Promise.reject(new TypeError('Failed to fetch')))
    await expect(called()).rejects.toBeInstanceOf(Unreachable)
  })
})
