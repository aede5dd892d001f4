import type { Destination, Page as ListPage, RequestSummary } from '@whook/shared'
import { expect, rows, test } from './fixtures.js'
import { startSink } from './start-sink.js'

const post = (url: string, body: unknown) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('selects requests with the keyboard, replays, compares and deletes them', async ({
  page,
  whook,
  webhook,
}) => {
  for (const type of ['first', 'second', 'third']) await post(webhook.url, { type })
  const sink = await startSink()
  await whook.api<Destination>('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(3)
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  const bar = page.getByRole('toolbar', { name: 'Selected requests' })
  await expect(bar).toContainText('2 selected')

  await bar.getByRole('button', { name: 'Replay' }).click()
  const dialog = page.getByRole('dialog', { name: 'Replay', exact: true })
  await expect(dialog).toContainText('2 requests are selected: 2 deliveries')
  await dialog.getByRole('button', { name: 'Replay 2' }).click()
  await expect(dialog).toContainText('2 of 2')
  await expect.poll(() => sink.received.length).toBe(2)
  const sent = sink.received.map(({ body }) => (JSON.parse(body.toString()) as { type: string }).type)
  expect(sent.sort()).toEqual(['second', 'third'])
  await page.keyboard.press('Escape')

  await bar.getByRole('button', { name: 'Compare' }).click()
  const differences = page.getByRole('region', { name: 'Differences in the body' })
  await expect(differences).toContainText('"second"')
  await expect(differences).toContainText('"third"')
  await page.keyboard.press('Escape')

  await bar.getByRole('button', { name: 'Delete selected requests' }).click()
  await expect(rows(page)).toHaveCount(1)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows(page)).toHaveCount(3)
  await rows(page)
    .nth(1)
    .click({ modifiers: ['Control'] })
  await page.getByRole('button', { name: 'Delete selected requests' }).click()
  const left = () => whook.api<ListPage<RequestSummary>>('GET', `/webhooks/${webhook.id}/requests`)
  await expect.poll(async () => (await left()).items.length, { timeout: 30_000 }).toBe(2)
  await sink.close()
})

test('adds only matching live requests to a filtered list', async ({ page, whook, webhook }) => {
  await page.goto(`${whook.url}/webhooks/${webhook.id}?q=apples`)
  await expect(page.getByText('Nothing matches this filter')).toBeVisible()
  await post(webhook.url, { fruit: 'pears' })
  await post(webhook.url, { fruit: 'apples' })
  await expect(rows(page)).toHaveCount(1)
  await post(webhook.url, { fruit: 'apples', more: true })
  await expect(rows(page)).toHaveCount(2)
})

test('finds, folds and filters in the body, and reports duplicate names', async ({
  page,
  whook,
  webhook,
}) => {
  await fetch(webhook.url, {
    method: 'POST',
    body: '{"order":{"note":"paid"},"tags":["paid"],"tags":["new"]}',
  })
  await post(webhook.url, { other: true })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).nth(1).click()
  const tree = page.getByLabel('Body as a tree')
  await expect(page.getByText('a key appears twice')).toBeVisible()
  await tree.getByRole('button', { name: 'Collapse' }).nth(1).click()
  await expect(tree).not.toContainText('note')
  await expect(tree).toContainText('"order": { … 1 },')
  await page.keyboard.press('2')
  await page.keyboard.press('f')
  await page.keyboard.type('PAID')
  await expect(tree).toContainText('"note": "paid"')
  await expect(page.getByText('1 of 1')).toBeVisible()
  await page.keyboard.press('Escape')
  for (const view of ['Text', 'Hex', 'Tree']) {
    await page.keyboard.press('t')
    await expect(page.getByRole('button', { name: view, exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
  }
  await tree.getByText('"paid"').hover()
  await tree.getByRole('button', { name: 'Filter by this value' }).first().click()
  await expect(page).toHaveURL(/q=paid/)
  await expect(rows(page)).toHaveCount(1)
})

test('finds in text and XML: marks, counts, steps and scrolls to matches', async ({
  page,
  whook,
  webhook,
}) => {
  const send = (type: string, body: string) =>
    fetch(webhook.url, { method: 'POST', headers: { 'content-type': type }, body })
  const filler = '<item n="0">nothing</item>'.repeat(200)
  await send('application/xml', `<list><item n="1">Paid &lt;b&gt;</item>${filler}<paid/></list>`)
  await send('text/plain', `Paid once\n${'a line of a log\n'.repeat(200)}unpaid twice (x)`)
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  const field = page.getByLabel('Find in the body')
  const marks = page.getByRole('tabpanel').locator('[data-current]')

  await rows(page).nth(0).click()
  await page.keyboard.press('f')
  await expect(field).toBeFocused()
  await page.keyboard.type('paid')
  await expect(page.getByText('1 of 2')).toBeVisible()
  await expect(marks).toHaveText('Paid')
  await page.keyboard.press('Enter')
  await expect(page.getByText('2 of 2')).toBeVisible()
  await expect(marks).toBeInViewport()
  await page.keyboard.press('Shift+Enter')
  await expect(page.getByText('1 of 2')).toBeVisible()
  await expect(marks).toBeInViewport()
  await field.fill('(x)')
  await expect(page.getByText('1 of 1')).toBeVisible()
  await expect(marks).toBeInViewport()
  await field.fill('[')
  await expect(page.getByText('not found')).toBeVisible()

  await page.keyboard.press('Escape')
  await rows(page).nth(1).click()
  await expect(page.getByRole('button', { name: 'XML', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('f')
  await expect(field).toBeFocused()
  await page.keyboard.type('PAID')
  await expect(page.getByText('1 of 2')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByText('2 of 2')).toBeVisible()
  await expect(marks).toHaveText('paid')
  await expect(marks).toBeInViewport()
  await expect(page.getByRole('tabpanel').locator('pre')).toContainText('Paid &lt;b&gt;')
  expect(await page.getByRole('tabpanel').locator('pre b').count()).toBe(0)

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Hex', exact: true }).click()
  await expect(field).toBeHidden()
  await page.keyboard.press('f')
  await expect(field).toBeFocused()
  await expect(page.getByRole('button', { name: 'Text', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
})

test('shows an image without an intrinsic size', async ({ page, whook, webhook }) => {
  await fetch(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'image/svg+xml' },
    body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" /></svg>',
  })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  const image = page.frameLocator('[title="The body as an image"]').getByRole('img')
  await expect.poll(async () => (await image.boundingBox())?.width ?? 0).toBeGreaterThan(100)
  await expect.poll(async () => (await image.boundingBox())?.height ?? 0).toBeGreaterThan(100)
})

test('replaces the list with the detail on a phone, and returns on Back', async ({
  page,
  whook,
  webhook,
}) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await post(webhook.url, { n: 1 })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await rows(page).first().click()
  await expect(page.getByRole('tab', { name: 'Body' })).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
  await page.goBack()
  await expect(rows(page)).toHaveCount(1)
  await rows(page).first().click()
  await page.getByRole('button', { name: 'Back to the list' }).click()
  await expect(rows(page)).toHaveCount(1)
})

test('opens and closes deliveries with the keyboard', async ({ page, whook, webhook }) => {
  const sink = await startSink()
  await whook.api<Destination>('POST', `/webhooks/${webhook.id}/destinations`, { url: sink.url })
  for (const type of ['one', 'two']) await post(webhook.url, { type })
  await expect.poll(() => sink.received.length).toBe(2)
  await page.goto(`${whook.url}/deliveries?webhookId=${webhook.id}`)
  const list = page.getByRole('main').getByRole('listitem')
  await expect(list).toHaveCount(2)
  const current = page.locator('main li > button[aria-current]')
  const panel = page.getByRole('complementary', { name: 'Delivery' })
  await page.keyboard.press('j')
  await expect(panel).toBeVisible()
  const first = page.url()
  await page.keyboard.press('j')
  await expect(page).not.toHaveURL(first)
  await expect(current).toHaveCount(1)
  await page.keyboard.press('k')
  await expect(page).toHaveURL(first)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await expect(page).toHaveURL(`${whook.url}/deliveries?webhookId=${webhook.id}`)
  await sink.close()
})
