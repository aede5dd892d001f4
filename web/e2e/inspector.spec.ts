import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, rows, test } from './fixtures.js'
import { startSink } from './start-sink.js'

const run = promisify(execFile)
const post = (url: string, body: unknown, path = '') =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('shows the first request two clicks after creating a webhook', async ({ page, whook }) => {
  await page.goto(whook.url)
  await page.getByLabel('Name of the new webhook').fill('Two clicks')
  await page.getByRole('button', { name: 'Create webhook' }).click()
  await expect(page).toHaveURL(/\/webhooks\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page).first()).toContainText('invoice.paid')
})

test('sends the same request when copied as cURL and run', async ({ page, whook, webhook }) => {
  await post(webhook.url, { note: `it's "quoted" $HOME \`id\``, n: 1 }, '/a b?q=1'.replace(' ', '%20'))
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  await page.getByRole('button', { name: 'cURL' }).click()
  // Tests share the clipboard: wait for the copy, otherwise it holds the text of another test.
  await expect(page.getByText('Copied as cURL')).toBeVisible()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  await run('sh', ['-c', `${command} -s`])
  await expect(rows(page).or(page.getByRole('button', { name: '1 new' }))).not.toHaveCount(1)
  const { items } = await whook.api<{ items: { id: string; path: string; query: string }[] }>(
    'GET',
    `/webhooks/${webhook.id}/requests`,
  )
  const bodies = await Promise.all(
    items.map(({ id }) =>
      page.request.get(`${whook.url}/api/v1/requests/${id}/body`).then((answer) => answer.text()),
    ),
  )
  expect(bodies[0]).toBe(bodies[1])
  expect([items[0]!.path, items[0]!.query]).toEqual([items[1]!.path, items[1]!.query])
})

test('keeps the text filter in the URL, and clears it when nothing matches', async ({
  page,
  whook,
  webhook,
}) => {
  for (const city of ['Paris', 'Oslo']) await post(webhook.url, { city })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(2)
  await page.keyboard.press('/')
  await page.keyboard.type('Oslo')
  await page.keyboard.press('Enter')
  await expect(rows(page)).toHaveCount(1)
  await expect(page).toHaveURL(/q=Oslo/)
  await page.reload()
  await expect(rows(page)).toHaveCount(1)
  await page.getByLabel('Filter requests by text').fill('Atlantis')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await expect(rows(page)).toHaveCount(2)
})

test('filters while typing, without Enter, and shows all when the field is cleared', async ({
  page,
  whook,
  webhook,
}) => {
  for (const city of ['Lima', 'Quito']) await post(webhook.url, { city })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(2)
  const field = page.getByLabel('Filter requests by text')
  await field.pressSequentially('Quito', { delay: 120 })
  await expect(rows(page)).toHaveCount(1)
  await expect(page).toHaveURL(/q=Quito/)
  await expect(field).toHaveValue('Quito')
  const { x, y, width, height } = (await field.boundingBox())!
  // The clear icon that the browser draws in a search field.
  await page.mouse.click(x + width - 8, y + height / 2)
  await expect(field).toHaveValue('')
  await expect(rows(page)).toHaveCount(2)
  await page.goBack()
  await page.goForward()
  await expect(rows(page)).toHaveCount(2)
})

test('keeps a request opened by its link in view when new requests arrive', async ({
  page,
  whook,
  webhook,
}) => {
  for (let n = 0; n < 60; n++) await post(webhook.url, { n }, `/linked-${n}`)
  const { items } = await whook.api<{ items: { id: string; path: string }[] }>(
    'GET',
    `/webhooks/${webhook.id}/requests?limit=60`,
  )
  const { id } = items.find(({ path }) => path === '/linked-9')!
  await page.goto(`${whook.url}/webhooks/${webhook.id}/${id}`)
  const selected = page.getByRole('listbox', { name: 'Requests' }).getByRole('option', { selected: true })
  await expect(selected).toBeInViewport({ ratio: 1 })
  for (let n = 0; n < 3; n++) await post(webhook.url, { n }, '/later')
  await expect(page.getByRole('button', { name: '3 new' })).toBeVisible()
  await expect(selected).toBeInViewport({ ratio: 1 })
})

test('leaves room for the value of a header with a long name on a phone', async ({
  page,
  whook,
  webhook,
}) => {
  const name = 'x-signature-of-a-provider-that-likes-long-names'
  await fetch(webhook.url, { method: 'POST', headers: { [name]: 'v'.repeat(200) }, body: '{}' })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${whook.url}/webhooks/${webhook.id}?tab=headers`)
  await rows(page).first().click()
  const header = page.getByRole('row', { name })
  await expect(header).toBeVisible()
  const { width } = (await header.getByRole('cell').first().boundingBox())!
  expect(width).toBeGreaterThan(150)
})

test('replays a request, and resends an edited one', async ({ page, whook, webhook }) => {
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url, name: 'sink' })
  await post(webhook.url, { amount: 1 })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  await expect.poll(() => sink.received.length).toBe(1)
  await page.keyboard.press('r')
  await expect.poll(() => sink.received.length).toBe(2)
  await page.keyboard.press('3')
  await expect(page.getByRole('tabpanel').getByText('delivered')).toHaveCount(2)

  await page.keyboard.press('e')
  await page.getByLabel('Body', { exact: true }).fill('{"amount":2}')
  await page.getByRole('button', { name: 'Resend', exact: true }).click()
  await expect.poll(() => sink.received.at(-1)?.body.toString()).toBe('{"amount":2}')
  await sink.close()
})

test('handles a shortcut pressed while the request is loading', async ({ page, whook, webhook }) => {
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url, name: 'sink' })
  await post(webhook.url, { slow: true })
  await expect.poll(() => sink.received.length).toBe(1)
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(1)
  await page.route(/\/requests\/[0-9a-f-]{36}$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 800))
    await route.continue()
  })
  await page.keyboard.press('j')
  await page.keyboard.press('r')
  await expect.poll(() => sink.received.length).toBe(2)
  await page.keyboard.press('c')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(webhook.url)
  await sink.close()
})

test('tests a script on a stored request, saves it, and delivers its output', async ({
  page,
  whook,
  webhook,
}) => {
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url, name: 'sink' })
  await post(webhook.url, { amount: 21 })
  await page.goto(`${whook.url}/webhooks/${webhook.id}/transformation`)
  await expect(page.getByLabel('Input', { exact: true }).last()).toContainText('21')
  // Shortcuts work before the first click.
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('tabpanel')).toContainText('21')
  await page.getByLabel('Script', { exact: true }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(
    'function transform(data) { console.log("doubling"); return { amount: data.amount * 2 } }',
  )
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(/passed in/)).toBeVisible()
  await expect(page.getByRole('tabpanel')).toContainText('42')
  await page.getByRole('tab', { name: /Console/ }).click()
  await expect(page.getByRole('tabpanel')).toContainText('doubling')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('version 1 active')).toBeVisible()
  await post(webhook.url, { amount: 4 })
  await expect.poll(() => sink.received.at(-1)?.body.toString()).toBe('{"amount":8}')
  await sink.close()
})

test('holds deliveries while a webhook is paused, and sends them on resume', async ({
  page,
  whook,
  webhook,
}) => {
  const sink = await startSink()
  await whook.api('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url, name: 'sink' })
  await page.goto(whook.url)
  await page.getByRole('button', { name: `Pause ${webhook.name}` }).click()
  await expect(page.getByRole('button', { name: `Resume ${webhook.name}` })).toBeVisible()
  expect((await post(webhook.url, { held: true })).status).toBe(202)
  await expect
    .poll(async () =>
      (
        await whook.api<{ items: { status: string }[] }>('GET', `/deliveries?webhookId=${webhook.id}`)
      ).items.map(({ status }) => status),
    )
    .toEqual(['held'])
  expect(sink.received).toHaveLength(0)
  await page.getByRole('link', { name: webhook.name, exact: true }).click()
  await rows(page).first().click()
  await page.keyboard.press('3')
  await expect(page.getByRole('tabpanel')).toContainText('Held: webhook paused')
  await expect(page.getByText('Deliveries are held.')).toBeVisible()
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await expect.poll(() => sink.received.length).toBe(1)
  await expect(page.getByText('Deliveries are held.')).toBeHidden()
  await sink.close()
})

test('keeps the list in place while a request is open, and counts new ones', async ({
  page,
  whook,
  webhook,
}) => {
  for (let n = 0; n < 60; n++) await post(webhook.url, { n }, `/row-${n}`)
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).nth(3).click()
  const selected = page.getByRole('listbox', { name: 'Requests' }).getByRole('option', { selected: true })
  // Not the text, which contains the age of the request.
  const place = async () => [await selected.getAttribute('id'), (await selected.boundingBox())!.y]
  const before = await place()
  for (let n = 0; n < 3; n++) await post(webhook.url, { n }, '/later')
  await expect(page.getByRole('button', { name: '3 new' })).toBeVisible()
  expect(await place()).toEqual(before)
  await page.getByRole('button', { name: '3 new' }).click()
  await expect(rows(page).first()).toContainText('/later')
})

test('shows 5 MB of JSON as a tree', async ({ page, whook, webhook }) => {
  const items = Array.from({ length: 40_000 }, (_, n) => ({
    id: n,
    name: `item ${n}`,
    tags: ['a', 'b'],
    note: 'x'.repeat(60),
  }))
  await post(webhook.url, items)
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  await page.getByRole('button', { name: 'Show the whole body' }).click()
  await expect(page.getByLabel('Body as a tree')).toContainText('item 0')
  await page.getByLabel('Find in the body').fill('item 39999')
  await expect(page.getByLabel('Body as a tree')).toContainText('item 39999')
})

test('restores a deleted request on undo', async ({ page, whook, webhook }) => {
  await post(webhook.url, { keep: true })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  await page.getByRole('button', { name: 'Delete this request' }).click()
  await expect(rows(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows(page)).toHaveCount(1)
})
