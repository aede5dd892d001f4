import type { APIRequestContext, Page } from '@playwright/test'
import type { Me, Webhook } from '@whook/shared'
import { realCalls, type Call } from '@whook/testing/product/real-calls'
import { expect, test as base, watchFaults } from './fixtures.js'
import { startDeployed } from './start-deployed.js'
import { startSink } from './start-sink.js'

type Deployed = Awaited<ReturnType<typeof startDeployed>>

const test = base.extend<{ deployed: Deployed }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the dependencies from the pattern
  deployed: async ({}, use) => {
    const deployed = await startDeployed()
    await use(deployed)
    await deployed?.stop()
  },
})

test('shows requests live when another api process receives them', async ({ deployed, browser }) => {
  test.skip(!deployed, 'redis-server is not on the PATH')
  test.setTimeout(300_000)
  const { url, ports } = deployed!
  const [healthy, shaky] = [await startSink(), await startSink([500, 500], { firstAttempts: true })]
  const page = await browser.newPage()
  await page.goto(url)
  await page.getByRole('link', { name: /^Continue with/ }).click()
  await page.getByLabel('Name of the new webhook').fill('Deployed')
  const faults = watchFaults(page, url)
  await page.getByRole('button', { name: 'Create webhook' }).click()
  await expect(page).toHaveURL(/\/webhooks\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
  const webhook = await addDestinations(page, url, [healthy.url, shaky.url])

  const calls = realCalls()
  const ids: string[] = []
  for (const { name, method, target, headers, body } of calls) {
    const answer = await fetch(`http://127.0.0.1:${ports[1]}/${webhook.slug}${target}`, {
      method,
      headers,
      body: body && new Uint8Array(body),
    })
    expect(answer.status, name).toBe(202)
    const { id } = (await answer.json()) as { id: string }
    ids.push(id)
    // Received live: the page is not reloaded.
    await expect(page.locator(`#row-${id}`), name).toBeVisible()
  }

  for (const [index, call] of calls.entries()) {
    const row = page.locator(`#row-${ids[index]}`)
    await expect(row, call.name).toContainText(/200 · \d+ ms/)
    await row.click()
    await page.getByRole('tab', { name: 'Body' }).click()
    await expectBody(page, call)
    await page.getByRole('tab', { name: 'Deliveries' }).click()
    await expect(page.getByRole('tabpanel').getByText('delivered', { exact: true }), call.name).toHaveCount(2)
    const kept = await page.request.get(`${url}/api/v1/requests/${ids[index]}/body`)
    expect((await kept.body()).equals(call.body ?? Buffer.alloc(0)), call.name).toBe(true)
  }

  expect(healthy.received).toHaveLength(calls.length)
  expect(shaky.received).toHaveLength(calls.length + 2)
  for (const { received } of [healthy, shaky]) {
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(calls.length)
    for (const { name, body } of calls)
      expect(
        received.some((seen) => seen.body.equals(body ?? Buffer.alloc(0))),
        name,
      ).toBe(true)
  }
  expect(faults).toEqual([])
  await page.close()
  await Promise.all([healthy.close(), shaky.close()])
})

/** Adds destinations to the open webhook with the API calls of the page. */
async function addDestinations(page: Page, url: string, urls: string[]) {
  const api = page.request
  const path = `${url}/api/v1/webhooks/${page.url().split('/').at(-1)}`
  const { csrfToken } = await read<Me>(api, `${url}/api/v1/me`)
  const retry = { strategy: 'list', delaysSeconds: [1], jitter: 0 }
  for (const [number, to] of urls.entries()) {
    const answer = await api.post(`${path}/destinations`, {
      headers: { 'x-csrf-token': csrfToken! },
      data: { name: `sink ${number}`, url: to, retry },
    })
    expect(answer.status(), await answer.text()).toBe(201)
  }
  return read<Webhook>(api, path)
}

const read = async <T>(api: APIRequestContext, path: string) => (await (await api.get(path)).json()) as T

/** Checks the view of the body tab: tree, parts or bytes. */
async function expectBody(page: Page, { name, headers, body }: Call) {
  const panel = page.getByRole('tabpanel')
  if (!body) return expect(panel.getByText('No body was sent'), name).toBeVisible()
  if (headers['content-type']?.startsWith('multipart/'))
    return expect(
      panel.getByRole('list', { name: 'Parts' }).getByRole('img', { name: 'dot.png' }),
    ).toBeVisible()
  if (headers['content-type'] === 'application/json' && !headers['content-encoding']) {
    const { id, ref } = JSON.parse(body.toString()) as { id?: string; ref?: string }
    return expect(panel.getByText(JSON.stringify(id ?? ref)), name).toBeVisible()
  }
  if (headers['content-encoding']) {
    await expect(panel.getByText(`Decoded from ${headers['content-encoding']}`), name).toBeVisible()
    await panel.getByRole('button', { name: 'Hex', exact: true }).click()
  }
  const firstBytes = body.toString('hex', 0, 16).match(/../g)!.join(' ')
  return expect(panel.getByText(`00000000  ${firstBytes}`), name).toBeVisible()
}
