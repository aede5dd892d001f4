import { test as bare, expect, type Page } from '@playwright/test'
import { rows, watchFaults } from './fixtures.js'
import { startSink } from './start-sink.js'
import { startWhook } from '@whook/testing/product/start-whook'

/** Presses Tab until an element with this name has the focus. Throws after 80 presses. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  const wanted =
    typeof name === 'string' ? (text: string) => text === name : (text: string) => name.test(text)
  const passed: string[] = []
  for (let n = 0; n < 80; n++) {
    const here = await page.evaluate(() => {
      const element = document.activeElement
      const label = element?.id && document.querySelector(`label[for="${element.id}"]`)?.textContent
      // The editor has the same name as the link to its page: the role distinguishes them.
      const role = element?.role === 'textbox' ? 'textbox ' : ''
      return role + (element?.ariaLabel || label || element?.textContent || '')
    })
    if (wanted(here.trim())) return
    passed.push(here.trim().slice(0, 30))
    await page.keyboard.press(key)
  }
  throw new Error(`Tab did not reach ${String(name)}, only ${passed.join(' | ')}`)
}
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

bare('completes the journey from sign-in to sign-out with the keyboard alone', async ({ page, context }) => {
  bare.setTimeout(300_000)
  const whook = await startWhook()
  const sink = await startSink()
  const faults = watchFaults(page, whook.url)
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])

    // Sign in: a wrong token shows an error, the link of the terminal opens the requested page.
    await page.goto(`${whook.url}/overview`)
    await expect(page).toHaveURL(/\/login\?next=/)
    await expect(page.getByLabel('Sign-in link or token')).toBeVisible()
    await tabTo(page, 'Sign-in link or token')
    await page.keyboard.type('wrong')
    await press('Enter')
    await expect(page.getByRole('alert')).toBeVisible()
    await press('Control+A')
    await page.keyboard.insertText(whook.loginUrl)
    await press('Enter')
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()

    // Create a webhook. Its page opens.
    await press('g', 'w')
    await expect(page.getByRole('heading', { name: 'Webhooks' })).toBeVisible()
    await tabTo(page, 'Name of the new webhook')
    await page.keyboard.type('Keyboard')
    await press('Enter')
    await expect(page).toHaveURL(/\/webhooks\/[0-9a-f-]{36}$/)
    await expect(page.getByText('Waiting for the first request')).toBeVisible()

    // Copy the URL, send requests to it, then read and search them.
    await press('u')
    await expect(page.getByText('Webhook URL copied')).toBeVisible()
    const url = await clipboard(page)
    for (const city of ['Paris', 'Oslo'])
      await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ city, amount: 21 }),
      })
    await expect(rows(page)).toHaveCount(2)
    await press('/')
    await page.keyboard.type('Paris')
    await press('Enter')
    await expect(rows(page)).toHaveCount(1)
    await press('Escape', 'j')
    await expect(page.getByLabel('Body as a tree')).toContainText('Paris')
    await press('f')
    await page.keyboard.type('amount')
    await expect(page.getByText('1 of 1')).toBeVisible()
    await press('Escape', 'c')
    await expect(page.getByText('Copied as cURL')).toBeVisible()
    expect(await clipboard(page)).toMatch(/^curl /)
    await press('2')
    await expect(page.getByRole('tab', { name: /Headers/ })).toHaveAttribute('aria-selected', 'true')
    await press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await press('Escape')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden()

    // Add a destination, with the palette.
    await press('Control+k')
    await page.keyboard.type('destinations')
    await press('Enter')
    await expect(page.getByText('No destinations yet')).toBeVisible()
    await tabTo(page, 'Add destination')
    await press('Enter')
    await expect(page.getByRole('dialog', { name: 'Add destination' })).toBeVisible()
    await tabTo(page, 'URL')
    await page.keyboard.type(sink.url)
    await press('Enter')
    await expect(page.getByText('Copy the signing secret now')).toBeVisible()

    // Replay a request to the destination.
    await page.goBack()
    await page.goBack()
    await expect(page.getByRole('tab', { name: /Headers/ })).toBeVisible()
    await press('r')
    await expect(page.getByText('Replaying to 1 destination')).toBeVisible()
    await expect.poll(() => sink.received.length).toBe(1)

    // Write a script, run it on a stored request, save it.
    await press('Control+k')
    await page.keyboard.type('script')
    await press('Enter')
    await expect(page.getByLabel('Script', { exact: true })).toBeVisible()
    await expect(page.getByLabel('Input', { exact: true }).last()).toContainText('21')
    await tabTo(page, 'textbox Script')
    await expect(page.getByLabel('Script', { exact: true })).toBeFocused()
    await press('Control+A')
    await page.keyboard.insertText('function transform(data) { return { amount: data.amount * 2 } }')
    await press('Control+Enter')
    await expect(page.getByText(/passed in/)).toBeVisible()
    await expect(page.getByRole('tabpanel')).toContainText('42')
    await press('Control+s')
    await expect(page.getByText('version 1 active')).toBeVisible()

    // Leave the editor with Escape and Tab. Pause, send, resume: the delivery is sent with the doubled amount.
    await press('Escape', 'Tab')
    await expect(page.getByLabel('Script', { exact: true })).not.toBeFocused()
    await press('Control+k')
    await page.keyboard.type('pause')
    await press('Enter')
    await expect(page.getByText('paused', { exact: true })).toBeVisible()
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"amount":4}',
    })
    const held = () => whook.api<{ items: { status: string }[] }>('GET', '/deliveries?status=held')
    await expect.poll(async () => (await held()).items.length).toBe(1)
    expect(sink.received).toHaveLength(1)
    await press('Control+k')
    await page.keyboard.type('resume')
    await press('Enter')
    await expect.poll(() => sink.received.at(-1)?.body.toString()).toBe('{"amount":8}')

    // Sign out everywhere.
    await press('Control+k')
    await page.keyboard.type('go to settings')
    await press('Enter')
    await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
    await tabTo(page, 'Sign out everywhere')
    await press('Enter')
    await expect(page.getByRole('dialog', { name: 'Sign out everywhere?' })).toBeVisible()
    await tabTo(page, 'Sign out')
    await press('Enter')
    await expect(page.getByRole('heading', { name: 'Sign in to Whook' })).toBeVisible()
    await page.goto(whook.url)
    await expect(page.getByRole('heading', { name: 'Sign in to Whook' })).toBeVisible()

    // Only the 401 responses to the wrong token and to the ended session are logged.
    expect(faults.filter((fault) => !/401/.test(fault))).toEqual([])
  } finally {
    await sink.close()
    await whook.close()
  }
})
