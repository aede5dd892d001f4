import { expect, rows, test } from './fixtures.js'

test('undoes a deletion with mouse, Tab or shortcut while a dialog is open', async ({
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

test('keeps a toast when the dialog around it closes', async ({ page, whook, webhook }) => {
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

test('moves the focus into the shortcuts dialog, and back on close', async ({ page, whook, webhook }) => {
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
    // The dialog itself has the focus, not a link in it: the arrow keys scroll the dialog.
    await expect(sheet.getByRole('link')).not.toBeFocused()
    await close()
    await expect(sheet).toBeHidden()
    await expect(button).toBeFocused()
  }
  // Opened from the palette, which returns the focus before.
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
