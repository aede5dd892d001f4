import {
  hold,
  refuse,
  empty,
  at,
  inWebhook,
  row,
  tab,
  view,
  press,
  button,
  then,
  down,
  type Scene,
  type Stage,
} from '../stage.js'

const invoice = (stage: Stage) =>
  stage.page.getByLabel('Body as a tree').getByText('"invoice.paid"').first().waitFor()

/** The inspector and its dialogs. */
export const inspectorScenes: Record<string, Scene> = {
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
  'inspector-xml-find': { go: row('feed', '/feed.xml', press('f', 'i', 't', 'e', 'm')) },
  'inspector-text-find': {
    go: row('payments', 'invoice.paid', async (stage) => {
      await view('text')(stage)
      await press('f', 'p', 'a', 'i', 'd')(stage)
      await stage.page.getByText('1 of 4').waitFor()
      await press('Enter')(stage)
    }),
  },
  'inspector-image': { go: row('feed', '/logo') },
  'inspector-binary': { go: row('feed', '/binary') },
  'inspector-large': { go: row('feed', '/large') },
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
    go: row('payments', 'invoice.paid', (stage) => button(stage.phone ? 'More actions' : 'Copy as')(stage)),
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
  'inspector-failed': { go: then(down(/\/requests\?/), inWebhook('payments', '', 'Try again')) },
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
      await stage.page.getByText('Connection lost').waitFor()
    },
  },
  'inspector-new': {
    go: async (stage) => {
      // A phone shows the list only while no request is open.
      if (stage.phone) await then(inWebhook('payments', '', 'invoice.paid'), press('l'))(stage)
      else await row('payments', 'invoice.paid', invoice)(stage)
      for (let n = 0; n < 3; n++) await fetch(stage.seeded.payments.url, { method: 'POST', body: '{}' })
      await stage.page.getByText('3 new').waitFor()
    },
  },
  toast: { go: row('payments', 'push', press('r')) },
  'toast-undo': {
    go: row('payments', '/plain', async (stage) => {
      if (stage.phone) await button('More actions')(stage)
      await stage.page.getByRole(stage.phone ? 'menuitem' : 'button', { name: /^Delete/ }).click()
      await press('?')(stage)
      await stage.page.waitForTimeout(300)
      await stage.page.getByRole('button', { name: 'Undo' }).waitFor()
    }),
  },
  'send-test': { go: then(inWebhook('payments', '', 'invoice.paid'), button('Send test')) },
  'edit-resend': { go: row('payments', 'invoice.paid', press('e')) },
  compare: { go: row('payments', 'invoice.paid', press('d')) },
  'compare-different': {
    go: row('payments', 'invoice.paid', async (stage) => {
      await press('d')(stage)
      const other = stage.page.getByLabel('Compare with', { exact: true })
      const option = other.locator('option').filter({ hasText: 'push' }).first()
      await other.selectOption(await option.getAttribute('value'))
    }),
  },
  'replay-many': { go: then(inWebhook('payments', '', 'invoice.paid'), button('Replay all...')) },
  'replay-done': {
    go: then(
      inWebhook('shop', '', 'invoice.paid'),
      button('Replay all...'),
      button(/^Replay \d/),
      ({ page }) => page.getByText(/^Replayed/).waitFor(),
    ),
  },
}
