import type { RequestSummary, Webhook } from '@whook/shared'
import { controlTexts, naughtyBodies, naughtyTexts } from '@whook/testing/naughty'
import { expect, rows, test } from './fixtures.js'

/** The page title that the hostile scripts set. */
const owned = /owned/

async function requestIds(api: <T>(method: string, path: string) => Promise<T>, { id }: Webhook) {
  const { items } = await api<{ items: RequestSummary[] }>('GET', `/webhooks/${id}/requests?limit=200`)
  return items.map((item) => item.id)
}

test('shows every naughty body without running a script', async ({ page, whook, webhook }) => {
  test.setTimeout(240_000)
  for (const { type, body } of Object.values(naughtyBodies)) {
    const answer = await fetch(webhook.url, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(body),
    })
    expect(answer.status).toBe(202)
  }
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page).first()).toBeVisible()
  const ids = await requestIds(whook.api, webhook)
  expect(ids).toHaveLength(Object.keys(naughtyBodies).length)
  for (const id of ids) {
    await page.keyboard.press('j')
    await expect(page).toHaveURL(new RegExp(id))
    await expect(page.getByRole('tab', { name: /body/i }).first()).toBeVisible()
    await expect(page).not.toHaveTitle(owned)
  }
})

test('shows naughty text in path, query, header, body and names as text', async ({
  page,
  whook,
  webhook,
}) => {
  test.setTimeout(240_000)
  for (const text of Object.values(naughtyTexts)) {
    const escaped = encodeURIComponent(text)
    const headers = { 'content-type': 'application/json', 'x-naughty': Buffer.from(text).toString('latin1') }
    const body = JSON.stringify({ type: text, [text]: text })
    const answer = await fetch(`${webhook.url}/${escaped}?${escaped}=${escaped}`, {
      method: 'POST',
      headers,
      body,
    })
    expect(answer.status).toBe(202)
  }
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page).first()).toBeVisible()
  for (const id of await requestIds(whook.api, webhook)) {
    await page.keyboard.press('j')
    await expect(page).toHaveURL(new RegExp(id))
    await page.keyboard.press('2')
    await expect(page.getByRole('tabpanel').getByText('x-naughty')).toBeVisible()
    await page.keyboard.press('1')
    await expect(page).not.toHaveTitle(owned)
  }
  for (const name of Object.values(naughtyTexts).slice(0, 12)) {
    await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: 'https://a.example/', name })
  }
  await page.goto(`${whook.url}/webhooks/${webhook.id}/destinations`)
  await expect(page.getByText(naughtyTexts['a script']!).first()).toBeVisible()
  await expect(page).not.toHaveTitle(owned)
})

test('shows webhooks with naughty names as written', async ({ page, whook }) => {
  const names = [...Object.values(naughtyTexts), ...Object.values(controlTexts)]
  const made: Webhook[] = []
  for (const name of names) {
    const webhook = await whook.api<Webhook>('POST', '/webhooks', { name }).catch(() => undefined)
    if (webhook) made.push(webhook)
  }
  expect(made.length).toBeGreaterThanOrEqual(Object.keys(naughtyTexts).length)
  await page.goto(whook.url)
  await expect(page.getByText(naughtyTexts['a script']!).first()).toBeVisible()
  await expect(page).not.toHaveTitle(owned)
  for (const { id } of made.slice(0, 8)) {
    await page.goto(`${whook.url}/webhooks/${id}`)
    await expect(page.getByRole('main')).toBeVisible()
    // The title contains the name of the webhook, so compare with the exact title of the scripts.
    expect(await page.title()).not.toBe('owned')
  }
})
