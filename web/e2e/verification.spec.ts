import { expect, rows, test } from './fixtures.js'

test.describe('a provider', () => {
  // The secret that is none is refused with 400, and the browser says so.
  test.use({ expected: { faults: /status of 400/ } })

  test('that shakes hands is set up, answered, and its call says so', async ({ page, whook, webhook }) => {
    await page.goto(`${whook.url}/webhooks/${webhook.id}/settings`)
    const form = page.locator('form').filter({ has: page.getByLabel('Provider') })
    await form.getByLabel('Provider').selectOption('discord')
    await form.getByLabel('Secret').fill('not a key')
    await expect(form.getByLabel('Verify token')).toHaveCount(0)
    await form.getByRole('button', { name: 'Save verification', exact: true }).click()
    await expect(form).toContainText('64 hexadecimal digits')

    await form.getByLabel('Provider').selectOption('meta')
    await form.getByLabel('Secret').fill('app secret')
    await form.getByLabel('Verify token').fill('mine')
    await form.getByRole('button', { name: 'Save verification', exact: true }).click()
    await expect(form.getByRole('button', { name: /^Stop verifying Meta/ })).toBeVisible()

    const asked = `${webhook.url}?hub.mode=subscribe&hub.verify_token=mine&hub.challenge=1158201444`
    expect(await (await fetch(asked)).text()).toBe('1158201444')
    await page.goto(`${whook.url}/webhooks/${webhook.id}`)
    await rows(page).filter({ hasText: 'handshake' }).first().click()
    await expect(page.getByRole('article')).toContainText('signature verified: A handshake, answered')

    await page.getByRole('button', { name: 'Send test' }).click()
    const test = page.getByRole('dialog', { name: 'Send a test' })
    await expect(test).toContainText('is not signed by Meta')
    await test.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('button', { name: '1 new' }).click()
    await expect(rows(page).filter({ hasText: 'signature check failed' })).toHaveCount(1)
  })
})

test('a delivery named again links to the request that named it first', async ({ page, whook, webhook }) => {
  const send = (body: string) =>
    fetch(webhook.url, { method: 'POST', headers: { 'x-github-delivery': '72d3162e-cc78-11e3' }, body })
  await send('the first of them')
  await send('the second of them')
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(2)
  await rows(page).first().click()
  const detail = page.getByRole('article')
  await expect(detail).toContainText('the second of them')
  await expect(async () => {
    // Marked a moment after it was stored.
    await page.reload()
    await expect(detail.getByRole('button', { name: 'the first request with this delivery id' })).toBeVisible(
      {
        timeout: 3000,
      },
    )
  }).toPass()
  await detail.getByRole('button', { name: 'the first request with this delivery id' }).click()
  await expect(detail).toContainText('the first of them')
})
