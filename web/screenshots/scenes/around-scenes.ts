import { hold, empty, at, inWebhook, press, button, then, down, type Scene, type Stage } from '../stage.js'

/** Sign-in, missing page, list of webhooks, palette, shortcuts and menu. */
export const aroundScenes: Record<string, Scene> = {
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
  'webhooks-failed': { go: then(down(/\/v1\/webhooks\?/), at('/', 'Try again')) },
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
}
