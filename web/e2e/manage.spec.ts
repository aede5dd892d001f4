import type { ApiKey, Destination, Page as ListPage, RequestSummary, Webhook } from '@whook/shared'
import { samples } from '@whook/shared/samples'
import { expect, rows, test } from './fixtures.js'
import { startSink } from './start-sink.js'

// Some forms are submitted with invalid values.
test.use({ expected: { faults: /400 \(Bad Request\)/ } })

test('adds, tests, changes and deletes a destination, and refuses wrong values', async ({
  page,
  whook,
  webhook,
}) => {
  const sink = await startSink()
  const list = async () =>
    (await whook.api<ListPage<Destination>>('GET', `/webhooks/${webhook.id}/destinations`)).items
  await page.goto(`${whook.url}/webhooks/${webhook.id}/destinations`)
  await page.getByRole('button', { name: 'Add destination' }).last().click()
  const dialog = page.getByRole('dialog', { name: 'Add destination' })
  await dialog.getByLabel('URL').fill('no url')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(dialog.getByText(/URL/).last()).toBeVisible()
  expect(await list()).toEqual([])
  await dialog.getByLabel('URL').fill(sink.url)
  await dialog.getByLabel('Name').fill('Shop')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByText('Copy the signing secret now')).toBeVisible()
  await page.getByRole('button', { name: 'Done' }).click()

  const card = page.getByRole('region', { name: 'Shop' })
  await card.getByRole('button', { name: 'Test', exact: true }).click()
  await expect.poll(() => sink.received.length).toBe(1)
  expect(sink.received[0]!.headers['webhook-signature']).toMatch(/^v1,/)

  await card.getByLabel('Name', { exact: true }).fill('Store')
  await card.getByLabel('Headers added').fill('x-team: checkout')
  await card
    .getByRole('textbox', { name: 'Filter', exact: true })
    .fill('{"field": "body.city", "equals": "Oslo"')
  await card.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(card.getByRole('alert')).toContainText('The filter is not JSON')
  await card
    .getByRole('textbox', { name: 'Filter', exact: true })
    .fill('{"field": "body.city", "equals": "Oslo"}')
  await card.getByLabel('Max attempts').fill('3')
  await card.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await expect.poll(async () => (await list())[0]).toMatchObject({ name: 'Store', retry: { attemptsMax: 3 } })
  const changed = page.getByRole('region', { name: 'Store' })
  await expect(changed).toBeVisible()
  for (const city of ['Paris', 'Oslo'])
    await fetch(webhook.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ city }),
    })
  await expect.poll(() => sink.received.length).toBe(2)
  expect(sink.received[1]!.body.toString()).toBe('{"city":"Oslo"}')
  expect(sink.received[1]!.headers['x-team']).toBe('checkout')

  await changed.getByRole('button', { name: 'Disable' }).click()
  await expect(changed.getByText('disabled', { exact: true })).toBeVisible()
  await changed.getByRole('button', { name: 'Enable' }).click()
  await expect(changed.getByText('disabled', { exact: true })).toBeHidden()

  await changed.getByRole('button', { name: 'Delete' }).click()
  await expect(changed).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(changed).toBeVisible()
  expect(await list()).toHaveLength(1)
  await changed.getByRole('button', { name: /^Store/ }).click()
  await changed.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No destinations yet')).toBeVisible()
  // Leaving the page runs the deletion immediately.
  await page.goto('about:blank')
  await expect.poll(list).toEqual([])
  await sink.close()
})

test('confirms before leaving a destination with unsaved changes', async ({ page, whook, webhook }) => {
  const { id } = await whook.api<Destination>('POST', `/webhooks/${webhook.id}/destinations`, {
    url: 'http://127.0.0.1:49998/',
    name: 'Kiosk',
  })
  await page.goto(`${whook.url}/webhooks/${webhook.id}/destinations/${id}`)
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Kiosk by the sea')
  let answer = false
  const asked: string[] = []
  page.on('dialog', async (dialog) => {
    asked.push(dialog.message())
    await (answer ? dialog.accept() : dialog.dismiss())
  })
  await page.getByRole('link', { name: 'Settings' }).last().click()
  await expect.poll(() => asked).toEqual(['You have unsaved changes. Discard them?'])
  await expect(name).toHaveValue('Kiosk by the sea')
  answer = true
  await page.getByRole('link', { name: 'Requests' }).click()
  await expect(page).toHaveURL(`${whook.url}/webhooks/${webhook.id}`)
  expect(asked).toHaveLength(2)
  await page.goto(`${whook.url}/webhooks/${webhook.id}/destinations/${id}`)
  await name.fill('Kiosk on the hill')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Requests' }).click()
  await expect(page).toHaveURL(`${whook.url}/webhooks/${webhook.id}`)
  expect(asked).toHaveLength(2)
})

test('creates an API key, shows it once, and refuses it when revoked', async ({ page, whook }) => {
  const name = `deploy ${Date.now() % 100_000}`
  await page.goto(`${whook.url}/settings`)
  await page.getByLabel('Name of the key').fill(name)
  await page.getByLabel('Scope').selectOption('read')
  await page.getByRole('button', { name: 'Create key' }).click()
  const key = await page
    .getByRole('status')
    .getByText(/^whk_\w{36}$/)
    .textContent()
  const call = (method: string) =>
    fetch(`${whook.url}/api/v1/webhooks`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: method === 'POST' ? '{"name":"x"}' : undefined,
    })
  expect([(await call('GET')).status, (await call('POST')).status]).toEqual([200, 403])
  await page.reload()
  await expect(page.getByText(name)).toBeVisible()
  await expect(page.getByText(key!)).toHaveCount(0)
  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  const dialog = page.getByRole('dialog', { name: `Revoke ${name}?` })
  await expect(dialog.getByRole('button', { name: 'Revoke' })).toBeDisabled()
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name)
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('The key is revoked')).toBeVisible()
  expect((await call('GET')).status).toBe(401)
  const { items } = await whook.api<ListPage<ApiKey>>('GET', '/api-keys')
  expect(items.map((one) => one.name)).not.toContain(name)
})

test('changes a webhook, and confirms URL rotation and deletions by its name', async ({
  page,
  whook,
  webhook,
}) => {
  const settings = `${whook.url}/webhooks/${webhook.id}/settings`
  const post = (url: string) => fetch(url, { method: 'POST', body: 'x' })
  await post(webhook.url)
  await page.goto(settings)
  const name = `${webhook.name}, renamed`
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByLabel('Body', { exact: true }).fill('thanks')
  await page.getByRole('button', { name: 'Save response' }).click()
  await expect.poll(async () => (await post(webhook.url)).text()).toBe('thanks')
  await expect(page.getByRole('heading', { name })).toBeAttached()
  const confirm = async (button: string, action: string) => {
    await page.getByRole('button', { name: button, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(`Type ${name} to confirm`).fill('something else')
    await expect(dialog.getByRole('button', { name: action })).toBeDisabled()
    await dialog.getByLabel(`Type ${name} to confirm`).fill(name)
    await dialog.getByRole('button', { name: action }).click()
    await expect(dialog).toBeHidden()
  }

  await confirm('Rotate URL', 'Rotate URL')
  await expect(page.getByText('URL rotated')).toBeVisible()
  const { url } = await whook.api<{ url: string }>('GET', `/webhooks/${webhook.id}`)
  await expect(page.getByTitle(url)).toBeVisible()
  expect([(await post(webhook.url)).status, (await post(url)).status]).toEqual([404, 202])

  const stored = () =>
    whook.api<ListPage<RequestSummary>>('GET', `/webhooks/${webhook.id}/requests`).then(({ items }) => items)
  await expect.poll(async () => (await stored()).length).toBeGreaterThan(2)
  await confirm('Delete all requests', 'Delete requests')
  await expect(page.getByText('requests deleted')).toBeVisible()
  expect(await stored()).toEqual([])

  await confirm('Delete webhook', 'Delete webhook')
  await expect(page.getByRole('heading', { name: 'Webhooks', exact: true })).toBeVisible()
  await expect(page.getByText(name)).toHaveCount(0)
  expect((await post(url)).status).toBe(404)
})

test('compares and restores script versions, and confirms unsaved changes', async ({
  page,
  whook,
  webhook,
}) => {
  const path = `/webhooks/${webhook.id}/transformation`
  const script = (n: number) => `function transform(data) {\n  return { version: ${n} }\n}`
  for (const n of [1, 2]) await whook.api('PUT', path, { script: script(n) })
  const runs = async () => (await whook.api<{ script: string | null }>('GET', path)).script
  await page.goto(whook.url + path)
  await expect(page.getByText('version 2 active')).toBeVisible()
  await page.getByRole('button', { name: 'Versions' }).click()
  const dialog = page.getByRole('dialog', { name: 'Versions' })
  const first = dialog.getByRole('listitem').filter({ hasText: 'Version 1' })
  await first.getByRole('button', { name: 'Compare' }).click()
  const changes = dialog.getByRole('region', { name: 'Changes if restored' })
  await expect(changes).toContainText('- return { version: 2 }')
  await expect(changes).toContainText('+ return { version: 1 }')
  await first.getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText('version 3 active')).toBeVisible()
  await expect(page.getByLabel('Script', { exact: true })).toContainText('version: 1')
  expect(await runs()).toBe(script(1))

  await page.getByLabel('Script', { exact: true }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(script(4))
  const asked: string[] = []
  page.once('dialog', async (dialog) => (asked.push(dialog.message()), await dialog.dismiss()))
  await page.getByRole('link', { name: 'Overview' }).click()
  await expect.poll(() => asked).toHaveLength(1)
  await expect(page.getByLabel('Script', { exact: true })).toContainText('version: 4')
  await page.getByRole('button', { name: 'Turn off' }).click()
  await expect(page.getByText('no active script')).toBeVisible()
  expect(await runs()).toBeNull()
  await page.getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
})

test('stores the sample of every provider unchanged, with its event name', async ({
  page,
  whook,
  webhook,
}) => {
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  for (const [index, { name }] of samples.entries()) {
    await page.getByRole('button', { name: 'Send test' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send a test' })
    await dialog.getByLabel('Sample').selectOption(name)
    await dialog.getByRole('button', { name: 'Send', exact: true }).click()
    await expect(dialog).toBeHidden()
    await expect(rows(page)).toHaveCount(index + 1)
  }
  const { items } = await whook.api<ListPage<RequestSummary>>('GET', `/webhooks/${webhook.id}/requests`)
  const bodies = await Promise.all(
    items.map(async ({ id }) => (await page.request.get(`${whook.url}/api/v1/requests/${id}/body`)).text()),
  )
  expect(bodies.toReversed()).toEqual(samples.map(({ body }) => body))
  expect(items.toReversed().map(({ event }) => event)).toEqual(samples.map(({ event }) => event))
  await expect(rows(page).filter({ hasText: 'invoice.paid' })).toHaveCount(1)
})

test('finds a webhook by its name or URL', async ({ page, whook }) => {
  const made = []
  for (const name of ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta', 'Theta'])
    made.push(await whook.api<Webhook>('POST', '/webhooks', { name: `${name} shop` }))
  await page.goto(`${whook.url}/webhooks`)
  const filter = page.getByRole('searchbox', { name: 'Filter webhooks by name or URL' })
  const names = page.getByRole('listitem').getByRole('link', { name: /^\w+ shop$/ })
  await filter.fill('SHOP gam')
  await expect(names).toHaveText(['Gamma shop'])
  await filter.fill(made[3]!.url.slice(-12))
  await expect(names).toHaveText(['Delta shop'])
  await filter.fill('none of them')
  await expect(page.getByText('“none of them” in its name or URL')).toBeVisible()
  await filter.fill('')
  await expect(names).toHaveCount(8)
})
