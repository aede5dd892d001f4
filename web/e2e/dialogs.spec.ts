import { expect, rows, test } from './fixtures.js'

test('a deletion is taken back while a dialog is open: with the mouse, with Tab, with the key', async ({
  page,
  whook,
  webhook,
}) => {
  await fetch(webhook.url, { method: 'POST', body: 'x' })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(1)
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  const undo = sheet.getByRole('button', { name: 'Undo' })
  const ways: (() => Promise<unknown>)[] = [
    () => undo.click(),
    async () => {
      for (let n = 0; n < 6; n++) {
        await page.keyboard.press('Tab')
        if (await undo.evaluate((element) => element === document.activeElement)) break
      }
      await expect(undo).toBeFocused()
      await page.keyboard.press('Enter')
    },
    () => page.keyboard.press('Control+z'),
  ]
  for (const takeBack of ways) {
    await page.keyboard.press('j')
    await page.getByRole('button', { name: 'Delete this request' }).click()
    await expect(rows(page)).toHaveCount(0)
    await page.keyboard.press('?')
    await expect(sheet).toBeVisible()
    await takeBack()
    await page.keyboard.press('Escape')
    await expect(sheet).toBeHidden()
    await expect(rows(page)).toHaveCount(1)
  }
})

test('a toast outlives the dialog it stood in', async ({ page, whook, webhook }) => {
  await fetch(webhook.url, { method: 'POST', body: 'x' })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(1)
  await page.keyboard.press('j')
  await page.getByRole('button', { name: 'Delete this request' }).click()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Undo' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows(page)).toHaveCount(1)
})

test('the key sheet has the focus while it is open, and gives it back', async ({ page, whook, webhook }) => {
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  const button = page.getByRole('button', { name: 'Send test' })
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  const within = () => sheet.evaluate((element) => element.contains(document.activeElement))
  for (const close of [
    () => page.keyboard.press('Escape'),
    () => sheet.getByRole('button', { name: 'Dismiss the dialog' }).click(),
  ]) {
    await button.focus()
    await page.keyboard.press('?')
    await expect(sheet).toBeVisible()
    await expect.poll(within).toBe(true)
    // Nothing but the sheet can be scrolled by whoever opened it.
    await expect(sheet.getByRole('link')).not.toBeFocused()
    await close()
    await expect(sheet).toBeHidden()
    await expect(button).toBeFocused()
  }
  // By way of the palette, which gave the focus back before.
  for (let n = 0; n < 2; n++) {
    await button.focus()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('shortcuts')
    await page.keyboard.press('Enter')
    await expect.poll(within).toBe(true)
    await page.keyboard.press('Escape')
    await expect(button).toBeFocused()
  }
})
