import { hold, empty, at, button, then, down, type Go, type Scene } from '../stage.js'

const failing: Go = async ({ page, url, seeded }) => {
  await page.goto(`${url}/deliveries?webhookId=${seeded.payments.id}`)
  const rows = page.getByRole('main').getByRole('listitem')
  await rows.filter({ hasText: 'retrying' }).first().click()
  await page.getByText(/^Next attempt/).waitFor()
}

/** Deliveries, overview and settings. */
export const systemScenes: Record<string, Scene> = {
  deliveries: { go: at('/deliveries', 'Warehouse') },
  'deliveries-open': { go: failing },
  'deliveries-attempt': {
    go: then(failing, async ({ page }) => page.locator('summary').first().click()),
  },
  'deliveries-nothing': { go: at('/deliveries?statusCode=599', 'Nothing matches') },
  'deliveries-empty': {
    go: async (stage) => {
      await empty(stage.page, /\/v1\/deliveries\?/)
      await at('/deliveries', 'No deliveries yet')(stage)
    },
  },
  'deliveries-loading': {
    go: async ({ page, url }) => (await hold(page, /\/v1\/deliveries\?/), page.goto(`${url}/deliveries`)),
    moving: true,
  },
  'deliveries-failed': { go: then(down(/\/v1\/deliveries\?/), at('/deliveries', 'Try again')) },
  'deliveries-replay': { go: then(at('/deliveries', 'Warehouse'), button('Replay matching...')) },
  overview: { go: at('/overview', 'every accepted request') },
  'overview-end': {
    go: then(at('/overview', 'every accepted request'), async ({ page }) =>
      page.getByText('Cancelled').scrollIntoViewIfNeeded(),
    ),
  },
  'overview-hour': { go: at('/overview?range=1h', 'every accepted request') },
  'overview-week': { go: at('/overview?range=7d', 'every accepted request') },
  'overview-empty': {
    go: async (stage) => {
      await stage.page.route(/\/stats\?/, async (route) => {
        const answer = await route.fetch()
        const text = JSON.stringify(await answer.json())
          .replaceAll(
            /"(requests|delivered|failed|requestsBefore|waiting|accepted|stored|deliveries|pending|filtered)":\d+/g,
            '"$1":0',
          )
          .replaceAll(/"(p50Ms|p95Ms|oldestWaitingAt)":("[^"]*"|\d+)/g, '"$1":null')
          .replace(/"destinations":\[[^\]]*\]/, '"destinations":[]')
        await route.fulfill({ response: answer, body: text })
      })
      await at('/overview', 'every accepted request')(stage)
    },
  },
  'overview-loading': {
    go: async ({ page, url }) => (await hold(page, /\/stats\?/), page.goto(`${url}/overview`)),
    moving: true,
  },
  'overview-failed': { go: then(down(/\/stats\?/), at('/overview', 'Try again')) },
  settings: { go: at('/settings', 'API keys') },
  'settings-end': {
    go: then(at('/settings', 'API keys'), async ({ page }) =>
      page.getByRole('region', { name: 'About' }).evaluate((card) => card.scrollIntoView({ block: 'end' })),
    ),
  },
  'settings-key': {
    go: then(at('/settings', 'API keys'), async ({ page }) => {
      await page.getByLabel('Name of the key').fill('deploy')
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByText(/^whk_/).first().waitFor()
    }),
  },
  'settings-loading': {
    go: async ({ page, url }) => {
      await hold(page, /\/(api-keys|sessions)\?/)
      await page.goto(`${url}/settings`)
    },
    moving: true,
  },
}
