import { Agent, request } from 'node:http'
import { newSlug } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { createBrowser } from '../testing/browser.js'
import { listenWithWebhook } from '../testing/listen.js'
import { ownersBrowser } from '../testing/local-owner.js'

/** Sends one request on a reused connection. Returns the status. */
const guess = (agent: Agent, port: number, path: string) =>
  new Promise<number>((resolve, reject) => {
    const call = request({ agent, port, host: '127.0.0.1', path }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode!))
    })
    call.on('error', reject)
    call.end()
  })

describe('webhook URL', () => {
  it(
    'returns 429 to 10,000 guesses after the first 20, and 202 for the right URL',
    { timeout: 120_000 },
    async () => {
      await using test = await listenWithWebhook()
      const agent = new Agent({ keepAlive: true, maxSockets: 20 })
      const counts = new Map<number, number>()
      const startedAt = Date.now()
      let left = 10_000
      const caller = async () => {
        while (left-- > 0) {
          const status = await guess(agent, test.port, `/${newSlug()}`)
          counts.set(status, (counts.get(status) ?? 0) + 1)
        }
      }
      await Promise.all(Array.from({ length: 20 }, caller))
      const seconds = (Date.now() - startedAt) / 1000
      expect([...counts.keys()].sort()).toEqual([404, 429])
      // A burst of twenty, then one every three seconds.
      expect(counts.get(404)).toBeGreaterThanOrEqual(20)
      expect(counts.get(404)).toBeLessThanOrEqual(20 + Math.ceil(seconds / 3))
      expect(counts.get(404)! + counts.get(429)!).toBe(10_000)
      expect(await guess(agent, test.port, `/${test.webhook.slug}`)).toBe(202)
      agent.destroy()
      expect(await test.database.sql`select from webhook_request`).toHaveLength(1)
    },
  )

  it('stores no session cookie when a signed-in browser opens the URL', async () => {
    await using test = await listenWithWebhook({ TRUST_PROXY: '127.0.0.1' })
    const browser = await ownersBrowser(test)
    browser.cookies.set('theme', 'dark')
    const sid = browser.cookies.get('whook_sid')!
    browser.cookies.set('__Host-whook_sid', sid)
    browser.cookies.set('whook_oauth2_state', 'a-state')
    browser.cookies.set('__Host-whook_oauth2_verifier', 'a-verifier')
    expect((await browser.call(`/${test.webhook.slug}?a=1`)).status).toBe(202)
    const [row] = await test.database.sql<{ all: string; headers: Buffer | string }[]>`
      select webhook_request::text as all, headers from webhook_request`
    const stored = Buffer.from(row!.headers as string, 'latin1').toString('latin1') + row!.all
    for (const secret of [sid, 'a-state', 'a-verifier']) {
      expect(stored).not.toContain(secret)
      expect(stored).not.toContain(Buffer.from(secret).toString('hex'))
    }
    expect(stored + Buffer.from(stored, 'latin1').toString()).toMatch(/theme=dark|7468656d653d6461726b/)
    const nobody = createBrowser(test.port)
    expect((await nobody.call('/api/v1/me')).status).toBe(401)
  })
})
