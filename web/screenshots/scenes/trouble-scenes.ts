import { button, tab, then, type Go, type Scene, type Stage } from '../stage.js'

type Troubled = keyof Omit<NonNullable<Stage['troubles']>, 'close' | 'sendUnjudged'>

const open =
  (which: Troubled, path: string, ready: string | RegExp): Go =>
  async ({ page, url, troubles }) => {
    await page.goto(`${url}/webhooks/${troubles![which].id}${path}`)
    await page.getByText(ready).first().waitFor()
  }
const request =
  (which: Troubled, nth: number): Go =>
  async (stage) => {
    await open(which, '', /push|invoice/)(stage)
    await stage.page.getByRole('listbox', { name: 'Requests' }).getByRole('option').nth(nth).click()
    await stage.page.getByRole('article').waitFor()
  }

/** Stops live messages when the replay is half done, so that the page no longer changes. The replay continues. */
const untilHalfway: Go = async ({ page }) => {
  await page.routeWebSocket(/\/ws$/, (line) => {
    let halfway = false
    const server = line.connectToServer()
    server.onMessage((message) => {
      if (halfway) return
      line.send(message)
      halfway = /"replay\.updated".*"status":"running".*"done":500/.test(String(message))
    })
  })
}

/** Dead deliveries, disabled webhooks and destinations, verified and unverified signatures. */
export const troubleScenes: Record<string, Scene> = {
  'deliveries-dead': {
    go: async ({ page, url, troubles }) => {
      await page.goto(`${url}/deliveries?webhookId=${troubles!.ledger.id}&status=dead`)
      await page.getByRole('main').getByRole('listitem').first().click()
      await page.locator('summary').nth(2).waitFor()
      await page.locator('summary').first().click()
    },
  },
  'inspector-dead': {
    go: then(request('ledger', 0), tab('Deliveries'), async ({ page }) =>
      page.locator('summary').nth(2).waitFor(),
    ),
  },
  'inspector-verified': { go: request('repository', 1) },
  'inspector-unverified': { go: request('repository', 0) },
  'inspector-unjudged': {
    go: async ({ page, url, troubles }) => {
      await troubles!.sendUnjudged()
      await page.goto(`${url}/webhooks/${troubles!.topics.id}`)
      await page.getByRole('listbox', { name: 'Requests' }).getByRole('option').first().click()
      await page.getByText('not checked yet').waitFor()
    },
  },
  'inspector-script-filtered': {
    go: then(request('refunds', 0), tab('Deliveries'), ({ page }) =>
      page.getByText('returned null').waitFor(),
    ),
  },
  'inspector-disabled': { go: open('oldShop', '', 'invoice.paid') },
  'webhook-settings-disabled': { go: open('oldShop', '/settings', 'Verification') },
  'destination-gone': { go: then(open('returns', '/destinations', '410 Gone'), button(/^Depot/)) },
  'destination-circuit': { go: then(open('returns', '/destinations', 'circuit'), button(/^Courier/)) },
  'replay-half': {
    go: then(
      untilHalfway,
      open('imports', '', '/row/'),
      button('Replay all...'),
      button(/^Replay \d/),
      ({ page }) => page.getByText(/^Replaying 500/).waitFor(),
    ),
  },
}
