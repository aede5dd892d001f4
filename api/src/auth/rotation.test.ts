import { resealSecrets } from '@whook/drizzle/maintenance/reseal'
import { createSecretBox } from '@whook/runtime/secrets'
import type { AddressInfo } from 'node:net'
import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'
import { createBrowser } from '../testing/browser.js'
import { listenWithWebhook } from '../testing/listen.js'
import { ownersBrowser } from '../testing/local-owner.js'

const oldKey = 'the first key of this installation and not secret'
const newKey = 'the key after it, long enough and not secret'
const secret = 'what GitHub signs with'

/** Starts another api process on the same database with other keys. */
async function another(databaseUrl: string, env: Record<string, string>) {
  const test = await buildTestApp({ DATABASE_URL: databaseUrl, ...env })
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  return { ...test, port: (test.app.server.address() as AddressInfo).port }
}

it('keeps sessions and secrets when SECRET_KEY is rotated', async () => {
  await using first = await listenWithWebhook({ SECRET_KEY: oldKey })
  const browser = await ownersBrowser(first)
  const made = await browser.change('POST', '/api/v1/webhooks', { name: 'signed' })
  const { id, slug } = made.json<{ id: string; slug: string }>()
  const verification = { provider: 'github', secrets: [secret] }
  expect((await browser.change('PATCH', `/api/v1/webhooks/${id}`, { verification })).status).toBe(200)
  const body = { n: 1 }
  const signature = `sha256=${createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex')}`
  const headers = { 'x-hub-signature-256': signature }
  const verdict = async (test: { port: number }) => {
    const { status, json } = await createBrowser(test.port).call(`/${slug}`, {
      method: 'POST',
      body,
      headers,
    })
    expect(status).toBe(202)
    const { id: requestId } = json<{ id: string }>()
    const [row] = await first.database.sql`select verification from webhook_request where id = ${requestId}`
    return row!['verification'] as string
  }
  expect(await verdict(first)).toBe('verified')

  await using second = await another(first.database.url, { SECRET_KEY: newKey, SECRET_KEYS_OLD: oldKey })
  const tab = createBrowser(second.port)
  for (const [name, value] of browser.cookies) tab.cookies.set(name, value)
  expect((await tab.call('/api/v1/me')).status).toBe(200)
  const rename = { method: 'PATCH', body: { name: 'b' }, headers: { 'x-csrf-token': browser.csrfToken } }
  expect((await tab.call(`/api/v1/webhooks/${id}`, rename)).status).toBe(200)
  expect(await verdict(second)).toBe('verified')

  const rotated = createSecretBox({ secretKey: newKey, oldSecretKeys: [oldKey] })
  expect(await resealSecrets(first.database.sql, rotated)).toEqual({ resealed: 1, unreadable: 0 })

  await using third = await another(first.database.url, { SECRET_KEY: newKey })
  expect(await verdict(third)).toBe('verified')
  const cookies = { 'a tab used since': tab, 'a tab not used since': browser }
  const statuses = Object.entries(cookies).map(async ([name, { cookies }]) => {
    const late = createBrowser(third.port)
    for (const [cookie, value] of cookies) late.cookies.set(cookie, value)
    return [name, (await late.call('/api/v1/me')).status]
  })
  expect(await Promise.all(statuses)).toEqual([
    ['a tab used since', 200],
    ['a tab not used since', 401],
  ])
})
