import { createLoginLink } from '../auth/login-links.js'
import type { buildTestApp } from './build-test-app.js'
import { createBrowser } from './browser.js'

type Listening = Awaited<ReturnType<typeof buildTestApp>> & { port: number }

/** A browser in which the local owner signed in, with the CSRF token its pages would send. */
export async function ownersBrowser({ app, config, port }: Listening) {
  const browser = createBrowser(port)
  const token = (await createLoginLink(app.db, config.publicUrl)).split('#token=')[1]!
  const answer = await browser.call('/auth/local', { method: 'POST', body: { token } })
  if (answer.status !== 204) throw new Error(`signing in answered ${answer.status}`)
  const { csrfToken, user } = (await browser.call('/api/v1/me')).json<{
    csrfToken: string
    user: { id: string }
  }>()
  return {
    ...browser,
    csrfToken,
    userId: user.id,
    cookie: () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    /** A call as the page makes it: with the token. */
    change: (method: string, path: string, body?: object) =>
      browser.call(path, { method, body, headers: { 'x-csrf-token': csrfToken } }),
  }
}
