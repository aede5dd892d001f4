import { hold, inWebhook, button, then, down, type Go, type Scene } from '../stage.js'

const testRun: Go = async ({ page }) => {
  const input = page.getByLabel('Input', { exact: true }).first()
  await page.getByLabel('Script', { exact: true }).waitFor()
  const option = input.locator('option').filter({ hasText: 'invoice.paid' }).first()
  await input.selectOption(await option.getAttribute('value'))
  await page.getByText('amount_due').last().waitFor()
  await page.getByRole('button', { name: 'Run test' }).click()
  await page
    .getByText(/passed in|failed|error/i)
    .first()
    .waitFor()
}

/** Settings, destinations and transformation of a webhook. */
export const webhookScenes: Record<string, Scene> = {
  'webhook-settings': { go: inWebhook('payments', '/settings', 'Verification') },
  'webhook-settings-end': {
    go: then(inWebhook('payments', '/settings', 'Verification'), async ({ page }) =>
      page.getByRole('button', { name: 'Delete webhook' }).scrollIntoViewIfNeeded(),
    ),
  },
  'webhook-settings-loading': {
    go: async ({ page, url, seeded }) => {
      await hold(page, /\/v1\/webhooks/)
      await page.goto(`${url}/webhooks/${seeded.payments.id}/settings`)
    },
    moving: true,
  },
  'webhook-settings-error': {
    go: then(inWebhook('payments', '/settings', 'Verification'), async ({ page }) => {
      await page.getByLabel('Retention, in days').fill('99999')
      await page.evaluate(() => document.querySelectorAll('form').forEach((form) => (form.noValidate = true)))
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.waitForTimeout(500)
    }),
  },
  'webhook-delete': {
    go: then(inWebhook('payments', '/settings', 'Verification'), button('Delete webhook')),
  },
  expired: {
    go: then(inWebhook('payments', '/settings', 'Verification'), async ({ page }) => {
      await page.context().clearCookies()
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('dialog').waitFor()
    }),
  },
  destinations: { go: inWebhook('payments', '/destinations', 'Warehouse') },
  'destination-open': {
    go: then(inWebhook('payments', '/destinations', 'Warehouse'), button(/^Alerts/)),
  },
  'destination-end': {
    go: then(inWebhook('payments', '/destinations', 'Warehouse'), button(/^Warehouse/), async ({ page }) =>
      page.getByRole('button', { name: 'Save', exact: true }).scrollIntoViewIfNeeded(),
    ),
  },
  'destination-retries': {
    go: then(inWebhook('payments', '/destinations', 'Warehouse'), button(/^Warehouse/), async ({ page }) =>
      page.getByRole('heading', { name: /^Retries/ }).scrollIntoViewIfNeeded(),
    ),
  },
  'destination-add': {
    go: then(inWebhook('payments', '/destinations', 'Warehouse'), button('Add destination')),
  },
  'destinations-empty': { go: inWebhook('deploys', '/destinations', 'No destinations yet') },
  'destinations-loading': {
    go: async ({ page, url, seeded }) => {
      await hold(page, /\/destinations\?/)
      await page.goto(`${url}/webhooks/${seeded.payments.id}/destinations`)
    },
    moving: true,
  },
  'destinations-failed': {
    go: then(down(/\/destinations\?/), inWebhook('payments', '/destinations', 'Try again')),
  },
  script: { go: then(inWebhook('payments', '/transformation', 'Input'), testRun) },
  'script-console': {
    go: then(inWebhook('payments', '/transformation', 'Input'), testRun, async ({ page }) =>
      page.getByRole('tab', { name: 'Console' }).click(),
    ),
  },
  'script-diff': {
    go: then(inWebhook('payments', '/transformation', 'Input'), testRun, async ({ page }) =>
      page.getByRole('tab', { name: 'Diff' }).click(),
    ),
  },
  'script-error': {
    go: then(inWebhook('payments', '/transformation', 'Input'), async ({ page }) => {
      await page.getByLabel('Script', { exact: true }).click()
      await page.keyboard.press('Control+A')
      await page.keyboard.insertText('function transform(data) {\n  return data.missing.field\n}\n')
      await page.getByRole('button', { name: 'Run test' }).click()
      await page.waitForTimeout(1500)
    }),
  },
  'script-versions': {
    go: then(inWebhook('payments', '/transformation', 'Input'), button('Versions'), async ({ page }) =>
      page.getByRole('button', { name: 'Compare' }).last().click(),
    ),
  },
  'script-first': { go: inWebhook('deploys', '/transformation', /Runs on every request/) },
  'script-loading': {
    go: async ({ page, url, seeded }) => {
      await hold(page, /\/v1\/.*\/transformation$/)
      await page.goto(`${url}/webhooks/${seeded.payments.id}/transformation`)
    },
    moving: true,
  },
  'script-failed': {
    go: then(down(/\/v1\/.*\/transformation$/), inWebhook('payments', '/transformation', 'Try again')),
  },
}
