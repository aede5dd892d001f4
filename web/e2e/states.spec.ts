import type { Page as ListPage, Webhook } from '@whook/shared'
import { expectAccessibleAnyhow } from './expect-accessible.js'
import { expect, rows, test } from './fixtures.js'
import { startWhook } from '@whook/testing/product/start-whook'

// accessibility.spec.ts tests the pages. This file tests temporary states.

test('loading states are accessible', async ({ page, whook, webhook }) => {
  test.setTimeout(400_000)
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: 'http://127.0.0.1:49999/' })
  await fetch(webhook.url, { method: 'POST', body: 'x' })
  const first = async (path: string) => (await whook.api<ListPage<{ id: string }>>('GET', path)).items[0]?.id
  await expect.poll(() => first(`/deliveries?webhookId=${webhook.id}`)).toMatch(/^[0-9a-f-]{36}$/)
  const delivery = await first(`/deliveries?webhookId=${webhook.id}`)
  const request = await first(`/webhooks/${webhook.id}/requests`)
  const of = `/webhooks/${webhook.id}`
  const waiting: [label: string, path: string, held: RegExp][] = [
    ['Loading Whook', '/', /\/auth\/options/],
    ['Loading the webhooks', '/', /\/v1\/webhooks\?/],
    ['Loading the webhook', of, /\/v1\/webhooks(\?|\/[0-9a-f-]{36}$)/],
    ['Loading the webhook', `${of}/destinations`, /\/v1\/webhooks(\?|\/[0-9a-f-]{36}$)/],
    ['Loading the requests', of, /\/requests\?/],
    ['Loading the request', `${of}/${request}`, /\/v1\/requests\/[0-9a-f-]{36}$/],
    ['Loading the deliveries', `${of}/${request}?tab=deliveries`, /\/deliveries\?/],
    ['Loading the destinations', `${of}/destinations`, /\/destinations\?/],
    ['Loading the script', `${of}/transformation`, /v1\/.*\/transformation$/],
    ['Loading the deliveries', '/deliveries', /\/v1\/deliveries\?/],
    ['Loading the delivery', `/deliveries/${delivery}`, /\/v1\/deliveries\/[0-9a-f-]{36}$/],
    ['Loading the statistics', '/overview', /\/stats\?/],
    ['Loading the keys', '/settings', /\/api-keys\?/],
    ['Loading the sessions', '/settings', /\/sessions\?/],
  ]
  for (const [label, path, held] of waiting) {
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    let heldCount = 0
    await page.route(held, async (route) => (heldCount++, await released, await route.continue()))
    await page.goto(whook.url + path)
    const status = page.getByRole('status', { name: label, exact: true })
    await expect(status).toBeVisible()
    // Otherwise the loading state is over at any time, and the test passes by chance.
    expect(heldCount, `requests that match ${held}`).toBeGreaterThan(0)
    await expectAccessibleAnyhow(page, `${label} on ${path}`)
    release()
    await expect(status).toBeHidden()
    await page.unroute(held)
  }
})

test('disables Save and Run test while the script is loading', async ({ page, whook, webhook }) => {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route(/v1\/.*\/transformation$/, async (route) => (await released, await route.continue()))
  await page.goto(`${whook.url}/webhooks/${webhook.id}/transformation`)
  await page.getByRole('status', { name: 'Loading the script' }).waitFor()
  for (const act of ['Save', 'Run test'])
    await expect(page.getByRole('button', { name: act })).toBeDisabled({ timeout: 5000 })
  release()
  for (const act of ['Save', 'Run test']) await expect(page.getByRole('button', { name: act })).toBeEnabled()
})

test('a toast with Undo is accessible, on the page and in a dialog', async ({ page, whook, webhook }) => {
  test.setTimeout(240_000)
  for (const n of [1, 2]) await fetch(`${webhook.url}/${n}`, { method: 'POST', body: 'x' })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(2)
  for (const over of ['page', 'dialog']) {
    await rows(page).first().click()
    await page.getByRole('button', { name: 'Delete this request' }).click()
    if (over === 'dialog') {
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog').getByRole('button', { name: 'Undo' })).toBeVisible()
    }
    // A toast with the focus does not disappear.
    await page.getByRole('button', { name: 'Undo' }).focus()
    await expectAccessibleAnyhow(page, `a toast on the ${over}`)
    await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(rows(page)).toHaveCount(2)
  }
})

test.describe('expired session', () => {
  test.use({ expected: { faults: /401|WebSocket/ } })

  test('shows an accessible sign-in dialog', async ({ page, whook, webhook, context }) => {
    await page.goto(`${whook.url}/webhooks/${webhook.id}/settings`)
    await page.getByLabel('Name', { exact: true }).waitFor()
    await context.clearCookies()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    await expect(dialog.getByRole('link', { name: 'Sign in' })).toBeFocused()
    await expectAccessibleAnyhow(page, 'session ended')
  })
})

test('creates the first webhook from the accessible empty list', async ({ browser }) => {
  test.setTimeout(400_000)
  const whook = await startWhook()
  const { items } = await whook.api<ListPage<Webhook>>('GET', '/webhooks')
  for (const { id } of items) await whook.api('DELETE', `/webhooks/${id}`)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(whook.loginUrl)
  await expect(page.getByText('Create your first webhook')).toBeVisible()
  await expectAccessibleAnyhow(page, 'no webhook')
  await page.getByRole('button', { name: 'Create webhook' }).click()
  await expect(page.getByText('Waiting for the first request')).toBeVisible()
  await context.close()
  await whook.close()
})
