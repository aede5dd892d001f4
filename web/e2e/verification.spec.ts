import { expect, rows, test } from './fixtures.js'

test.describe('provider verification', () => {
  // The invalid secret is refused with 400, which the browser logs.
  test.use({ expected: { faults: /status of 400/ } })

  test('verifies a provider with a handshake, and shows the result', async ({ page, whook, webhook }) => {
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
    await expect(page.getByRole('article')).toContainText('signature verified: Handshake answered')

    await page.getByRole('button', { name: 'Send test' }).click()
    const test = page.getByRole('dialog', { name: 'Send a test' })
    await expect(test).toContainText('is not signed by Meta')
    await test.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('button', { name: '1 new' }).click()
    await expect(rows(page).filter({ hasText: 'signature check failed' })).toHaveCount(1)
  })
})

test('links a repeated delivery id to the first request with it', async ({ page, whook, webhook }) => {
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
    // The duplicate is marked shortly after it is stored.
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
