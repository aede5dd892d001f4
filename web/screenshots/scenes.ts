import type { Page } from '@playwright/test'
import type { seed } from './seed.js'

export interface Scene {
  go: (stage: Stage) => Promise<unknown>
  signedOut?: boolean
  /** Something is still on its way, for ever. */
  moving?: boolean
}
interface Stage {
  page: Page
  url: string
  seeded: Awaited<ReturnType<typeof seed>>
  phone: boolean
}
type Go = Scene['go']

/** What it answers never comes. */
const hold = (page: Page, what: RegExp) => page.route(what, () => {})
const refuse = (page: Page, what: RegExp, status: number, code: string, detail: string) =>
  page.route(what, (route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: detail, status, code, detail }),
    }),
  )
const empty = (page: Page, what: RegExp) =>
  page.route(what, (route) => route.fulfill({ json: { items: [], nextCursor: null } }))

const at =
  (path: string, ready: string | RegExp): Go =>
  async ({ page, url }) => {
    await page.goto(url + path)
    await page.getByText(ready).first().waitFor()
  }
const inWebhook =
  (which: 'payments' | 'shop' | 'feed' | 'deploys', path: string, ready: string | RegExp): Go =>
  async ({ page, url, seeded }) => {
    await page.goto(`${url}/webhooks/${seeded[which].id}${path}`)
    await page.getByText(ready).first().waitFor()
  }
const row =
  (which: 'payments' | 'feed', text: string, more?: (stage: Stage) => Promise<unknown>): Go =>
  async (stage) => {
    const { page, url, seeded } = stage
    await page.goto(`${url}/webhooks/${seeded[which].id}`)
    const list = page.getByRole('listbox', { name: 'Requests' })
    await list.getByRole('option').filter({ hasText: text }).first().click()
    await page.getByRole('article').waitFor()
    await more?.(stage)
  }
const tab =
  (name: string) =>
  ({ page }: Stage) =>
    page.getByRole('tab', { name }).click()
const view =
  (name: string) =>
  ({ page }: Stage) =>
    page.locator(`[data-view=${name}]`).click()
const press =
  (...keys: string[]) =>
  async ({ page }: Stage) => {
    for (const key of keys) await page.keyboard.press(key)
    await page.waitForTimeout(300)
  }
const button =
  (name: string | RegExp) =>
  async ({ page }: Stage) => {
    await page.getByRole('button', { name }).last().click()
    await page.waitForTimeout(300)
  }
const then =
  (...steps: Go[]): Go =>
  async (stage) => {
    for (const step of steps) await step(stage)
  }
const invoice = (stage: Stage) =>
  stage.page.getByLabel('Body as a tree').getByText('"invoice.paid"').first().waitFor()
const testRun: Go = async ({ page }) => {
  const input = page.getByLabel('Input', { exact: true }).first()
  await page.getByLabel('Script', { exact: true }).waitFor()
  const option = input.locator('option').filter({ hasText: 'invoice.paid' }).first()
  await input.selectOption(await option.getAttribute('value'))
  await page.getByText('amount_due').last().waitFor()
  await page.getByRole('button', { name: 'Test run' }).click()
  await page
    .getByText(/passed in|failed|error/i)
    .first()
    .waitFor()
}
const failing: Go = async ({ page, url, seeded }) => {
  await page.goto(`${url}/deliveries?webhookId=${seeded.payments.id}`)
  const rows = page.getByRole('main').getByRole('listitem')
  await rows.filter({ hasText: 'retrying' }).first().click()
  await page.getByText('Next attempt').waitFor()
}

export const scenes: Record<string, Scene> = {
  login: { go: at('/login', 'Sign-in link or token'), signedOut: true },
  'login-refused': {
    go: then(at('/login?error=denied', 'Sign-in link or token')),
    signedOut: true,
  },
  'login-server': {
    go: async ({ page, url }) => {
      await page.route(/auth\/options/, (route) =>
        route.fulfill({ json: { mode: 'server', providerName: 'Google', signedIn: false } }),
      )
      await at('/login', 'Continue with')({ page, url } as Stage)
    },
    signedOut: true,
  },
  'login-loading': {
    go: async ({ page, url }) => (await hold(page, /auth\/options/), page.goto(`${url}/login`)),
    signedOut: true,
    moving: true,
  },
  'not-reached': {
    go: async ({ page, url }) => {
      await page.route(/auth\/options/, (route) => route.abort())
      await at('/', 'Whook cannot be reached')({ page, url } as Stage)
    },
  },
  missing: { go: at('/nowhere/at/all', /page/i) },
  webhooks: { go: at('/', 'Payments') },
  'webhooks-empty': {
    go: async (stage) => {
      await empty(stage.page, /\/v1\/webhooks\?/)
      await at('/', 'Create your first webhook')(stage)
    },
  },
  'webhooks-loading': {
    go: async ({ page, url }) => (await hold(page, /\/v1\/webhooks\?/), page.goto(url)),
    moving: true,
  },
  'webhooks-failed': {
    go: async (stage) => {
      await refuse(stage.page, /\/v1\/webhooks\?/, 503, 'unavailable', 'The database does not answer.')
      await at('/', /Try again/)(stage)
    },
  },
  'webhooks-delete': { go: then(at('/', 'Payments'), button('Delete Payments')) },
  palette: { go: then(inWebhook('payments', '', 'invoice.paid'), press('Control+k')) },
  'palette-nothing': {
    go: then(inWebhook('payments', '', 'invoice.paid'), press('Control+k', 'z', 'z', 'z')),
  },
  keys: { go: then(inWebhook('payments', '', 'invoice.paid'), press('?')) },
  'menu-phone': {
    go: async (stage) => {
      await at('/', 'Payments')(stage)
      if (stage.phone) await button('Menu')(stage)
    },
  },
  'inspector-first': { go: inWebhook('payments', '', 'invoice.paid') },
  'inspector-waiting': {
    go: async (stage) => {
      await stage.page.route(/\/v1\/webhooks/, async (route) => {
        const answer = await route.fetch()
        const body = JSON.stringify(await answer.json()).replaceAll(/"requestCount":\d+/g, '"requestCount":0')
        await route.fulfill({ response: answer, body })
      })
      await empty(stage.page, /\/requests\?/)
      await inWebhook('deploys', '', 'Waiting for the first request')(stage)
    },
  },
  inspector: { go: row('payments', 'invoice.paid', invoice) },
  'inspector-find': {
    go: row('payments', 'invoice.paid', async (stage) => {
      await invoice(stage)
      await press('f', 'p', 'a', 'i', 'd')(stage)
    }),
  },
  'inspector-fold': {
    go: row('feed', '/token', async ({ page }) => {
      await page.getByRole('button', { name: 'Collapse' }).nth(3).click()
      await page.getByText('"Item 4"').hover()
      await page.getByRole('button', { name: 'Copy the value' }).nth(5).focus()
    }),
  },
  'inspector-text': { go: row('payments', 'invoice.paid', view('text')) },
  'inspector-hex': { go: row('payments', 'invoice.paid', view('hex')) },
  'inspector-form': { go: row('feed', 'urlencoded') },
  'inspector-parts': { go: row('feed', '/upload') },
  'inspector-xml': { go: row('feed', '/feed.xml', view('xml')) },
  'inspector-image': { go: row('feed', '/logo') },
  'inspector-binary': { go: row('feed', '/binary') },
  'inspector-caveats': { go: row('feed', '/caveats') },
  'inspector-no-body': { go: row('feed', '/ping') },
  'inspector-headers': { go: row('payments', 'push', tab('Headers')) },
  'inspector-credential': { go: row('feed', '/token', tab('Headers')) },
  'inspector-deliveries': {
    go: row('payments', 'invoice.paid', async (stage) => {
      await tab('Deliveries')(stage)
      await stage.page.locator('summary').first().click()
    }),
  },
  'inspector-no-delivery': { go: row('feed', '/ping', tab('Deliveries')) },
  'inspector-response': { go: row('payments', 'invoice.paid', tab('Response')) },
  'inspector-raw': { go: row('payments', 'invoice.paid', tab('Raw')) },
  'inspector-menu': {
    go: row('payments', 'invoice.paid', (stage) => button(stage.phone ? 'More acts' : 'Copy as')(stage)),
  },
  'inspector-selected': {
    go: async ({ page, url, seeded }) => {
      await page.goto(`${url}/webhooks/${seeded.payments.id}`)
      const options = page.getByRole('listbox').getByRole('option')
      for (const n of [1, 3, 4]) await options.nth(n).click({ modifiers: ['Control'] })
    },
  },
  'inspector-paused': { go: inWebhook('feed', '', '/token') },
  'inspector-filtered': { go: inWebhook('payments', '?q=invoice&method=POST', 'invoice.paid') },
  'inspector-nothing': { go: inWebhook('payments', '?q=nowhere', 'Nothing matches') },
  'inspector-loading': {
    go: async ({ page, url, seeded }) => {
      await hold(page, /\/requests\?/)
      await page.goto(`${url}/webhooks/${seeded.payments.id}`)
    },
    moving: true,
  },
  'inspector-pending': {
    go: async ({ page, url, seeded }) => {
      await hold(page, /\/v1\/webhooks/)
      await page.goto(`${url}/webhooks/${seeded.payments.id}`)
    },
    moving: true,
  },
  'inspector-request-loading': {
    go: async (stage) => {
      await hold(stage.page, /\/v1\/requests\/[0-9a-f-]{36}$/)
      await stage.page.goto(`${stage.url}/webhooks/${stage.seeded.payments.id}`)
      await stage.page.getByRole('listbox').getByRole('option').first().click()
    },
    moving: true,
  },
  'inspector-failed': {
    go: async (stage) => {
      await refuse(stage.page, /\/requests\?/, 503, 'unavailable', 'The database does not answer.')
      await inWebhook('payments', '', /Try again/)(stage)
    },
  },
  'inspector-gone': { go: at('/webhooks/00000000-0000-7000-8000-000000000000', 'cannot be found') },
  'inspector-forbidden': {
    go: async (stage) => {
      await refuse(stage.page, /\/v1\/webhooks/, 403, 'forbidden', 'This key may not read this.')
      await inWebhook('payments', '', /Try again|All webhooks/)(stage)
    },
  },
  'inspector-offline': {
    go: async (stage) => {
      const lines: { close: () => Promise<void> }[] = []
      let cut = false
      await stage.page.routeWebSocket(/\/ws$/, async (line) => {
        if (cut) return line.close()
        line.connectToServer()
        lines.push(line)
      })
      await row('payments', 'invoice.paid')(stage)
      cut = true
      for (const line of lines) await line.close()
      await stage.page.getByText('Not live').waitFor()
    },
  },
  'inspector-new': {
    go: row('payments', 'invoice.paid', async ({ page, seeded }) => {
      for (let n = 0; n < 3; n++) await fetch(seeded.payments.url, { method: 'POST', body: '{}' })
      await page.getByText('3 new').waitFor()
    }),
  },
  toast: { go: row('payments', 'push', press('r')) },
  'toast-undo': {
    go: row('payments', '/plain', async (stage) => {
      if (stage.phone) await button('More acts')(stage)
      await stage.page.getByRole(stage.phone ? 'menuitem' : 'button', { name: /^Delete/ }).click()
      await press('?')(stage)
      await stage.page.waitForTimeout(300)
      await stage.page.getByRole('button', { name: 'Undo' }).waitFor()
    }),
  },
  'send-test': { go: then(inWebhook('payments', '', 'invoice.paid'), button('Send test')) },
  'edit-resend': { go: row('payments', 'invoice.paid', press('e')) },
  compare: { go: row('payments', 'invoice.paid', press('d')) },
  'replay-many': { go: then(inWebhook('payments', '', 'invoice.paid'), button('Replay many')) },
  'webhook-settings': { go: inWebhook('payments', '/settings', 'Verification') },
  'webhook-settings-end': {
    go: then(inWebhook('payments', '/settings', 'Verification'), async ({ page }) =>
      page.getByRole('button', { name: 'Delete webhook' }).scrollIntoViewIfNeeded(),
    ),
  },
  'webhook-settings-error': {
    go: then(inWebhook('payments', '/settings', 'Verification'), async ({ page }) => {
      await page.getByLabel('Keep requests for').fill('99999')
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
  'destinations-empty': { go: inWebhook('deploys', '/destinations', 'Where should') },
  'destinations-loading': {
    go: async ({ page, url, seeded }) => {
      await hold(page, /\/destinations\?/)
      await page.goto(`${url}/webhooks/${seeded.payments.id}/destinations`)
    },
    moving: true,
  },
  script: { go: then(inWebhook('payments', '/transformation', 'version'), testRun) },
  'script-console': {
    go: then(inWebhook('payments', '/transformation', 'version'), testRun, async ({ page }) =>
      page.getByRole('tab', { name: 'Console' }).click(),
    ),
  },
  'script-diff': {
    go: then(inWebhook('payments', '/transformation', 'version'), testRun, async ({ page }) =>
      page.getByRole('tab', { name: 'Diff' }).click(),
    ),
  },
  'script-error': {
    go: then(inWebhook('payments', '/transformation', 'version'), async ({ page }) => {
      await page.getByLabel('Script', { exact: true }).click()
      await page.keyboard.press('Control+A')
      await page.keyboard.insertText('function transform(data) {\n  return data.missing.field\n}\n')
      await page.getByRole('button', { name: 'Test run' }).click()
      await page.waitForTimeout(1500)
    }),
  },
  'script-versions': {
    go: then(inWebhook('payments', '/transformation', 'version'), button('Versions'), async ({ page }) =>
      page.getByRole('button', { name: 'Compare' }).last().click(),
    ),
  },
  'script-first': { go: inWebhook('deploys', '/transformation', 'no script runs') },
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
  'deliveries-replay': { go: then(at('/deliveries', 'Warehouse'), button('Replay these')) },
  overview: { go: at('/overview', 'Conservation') },
  'overview-end': {
    go: then(at('/overview', 'Conservation'), async ({ page }) =>
      page.getByText('Cancelled').scrollIntoViewIfNeeded(),
    ),
  },
  'overview-hour': { go: at('/overview?range=1h', 'Conservation') },
  'overview-week': { go: at('/overview?range=7d', 'Conservation') },
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
      await at('/overview', 'Conservation')(stage)
    },
  },
  'overview-loading': {
    go: async ({ page, url }) => (await hold(page, /\/stats\?/), page.goto(`${url}/overview`)),
    moving: true,
  },
  settings: { go: at('/settings', 'API keys') },
  'settings-end': {
    go: then(at('/settings', 'API keys'), async ({ page }) =>
      page.getByText('About').last().scrollIntoViewIfNeeded(),
    ),
  },
  'settings-key': {
    go: then(at('/settings', 'API keys'), async ({ page }) => {
      await page.getByLabel('Name of the key').fill('deploy')
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByText(/^whk_/).first().waitFor()
    }),
  },
}

/** File in docs/images: scene and variant. */
export const readmePictures = {
  'inspector-dark': ['inspector', 'dark'],
  'inspector-light': ['inspector', 'light'],
  'inspector-phone': ['inspector', 'phone'],
  'script-light': ['script', 'light'],
  'deliveries-dark': ['deliveries-open', 'dark'],
  'overview-light': ['overview', 'light'],
} as const
