import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Delivery, DeliveryStatus, Page, Webhook, WebhookRequest } from '../shared/src/index.js'
import { ensureBuilt } from '../testing/src/ensure-built.js'
import { launched } from '../testing/src/launched.js'
import { freePort } from '../testing/src/product/start-redis.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const key = 'a'.repeat(40)
let port: number
let dataDir: string
let whook: ReturnType<typeof launched>

const seed = (env: Record<string, string | undefined>, ...args: string[]) =>
  new Promise<{ failed: boolean; output: string }>((resolve) =>
    execFile(
      process.execPath,
      ['scripts/run.mjs', 'seed', ...args],
      { cwd: root, env: { PATH: process.env['PATH'], HOME: dataDir, ...env } },
      (error, out, err) => resolve({ failed: error !== null, output: out + err }),
    ),
  )

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(`http://localhost:${port}/api/v1${path}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return (await answer.json()) as T
}

beforeAll(async () => {
  await ensureBuilt()
  port = await freePort()
  dataDir = await mkdtemp(join(tmpdir(), 'whook-seed-'))
  await chmod(dataDir, 0o711)
  whook = launched({ dataDir, port, env: { WHOOK_API_KEY: key } })
  await whook.ready()
}, 120_000)

afterAll(async () => {
  whook?.signal('SIGTERM')
  await whook?.ended
  await rm(dataDir, { recursive: true, force: true })
})

describe('npm run seed', () => {
  it('fills a local installation without any setting', { timeout: 180_000 }, async () => {
    const { failed, output } = await seed({ DATA_DIR: dataDir, APP_PORT: String(port) })
    expect(output).toContain('Stripe payments: created, 24 requests sent')
    expect(output).toMatch(/Done: 5 webhooks, \d+ new requests, \d+ calls at the receiver/)
    expect(failed).toBe(false)

    const { items: webhooks } = await get<Page<Webhook>>('/webhooks?limit=200')
    expect(webhooks.map(({ name }) => name)).toContain('Staging')
    const stripe = webhooks.find(({ name }) => name === 'Stripe payments')!
    expect(stripe).toMatchObject({ requestCount: 24, destinationCount: 3 })
    const { items: requests } = await get<Page<WebhookRequest>>(`/webhooks/${stripe.id}/requests?limit=200`)
    expect(new Set(requests.map(({ verification }) => verification))).toEqual(new Set(['verified', 'failed']))
    for (const status of ['delivered', 'dead', 'filtered', 'held'] satisfies DeliveryStatus[]) {
      const { items } = await get<Page<Delivery>>(`/deliveries?status=${status}`)
      expect(items.length, status).toBeGreaterThan(0)
    }
  })

  it('adds nothing in a second run, and works with an API key', { timeout: 120_000 }, async () => {
    const before = await get<Page<Webhook>>('/webhooks?limit=200')
    const { failed, output } = await seed({ WHOOK_API_KEY: key, APP_PORT: String(port) })
    expect(output).toContain('Done: 5 webhooks, 0 new requests')
    expect(failed).toBe(false)
    const after = await get<Page<Webhook>>('/webhooks?limit=200')
    const counts = ({ items }: Page<Webhook>) =>
      items.map(({ id, requestCount, destinationCount }) => [id, requestCount, destinationCount])
    expect(counts(after)).toEqual(counts(before))
  })

  it('leaves no session', async () => {
    expect((await get<Page<unknown>>('/sessions')).items).toEqual([])
  })

  it.each([
    [
      'an installation that does not run',
      () => ({ APP_PORT: '1' }),
      /Whook does not run at http:\S+ Start it first: npm start/,
    ],
    [
      'another data folder',
      () => ({ APP_PORT: String(port), DATA_DIR: join(dataDir, 'none') }),
      /No Whook installation in \S+none: set DATA_DIR/,
    ],
    ['a wrong API key', () => ({ APP_PORT: String(port), WHOOK_API_KEY: 'b'.repeat(40) }), /401/],
  ])('says what to do for %s', async (_, env, message) => {
    const { failed, output } = await seed(env())
    expect(output).toMatch(message)
    expect(failed).toBe(true)
  })

  it('refuses an unknown option', async () => {
    expect(await seed({}, '--kepe')).toMatchObject({
      failed: true,
      output: expect.stringMatching(/Options: --keep/),
    })
  })
})
