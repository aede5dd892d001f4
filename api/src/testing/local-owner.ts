import { createLoginLink } from '../auth/login-links.js'
import type { buildTestApp } from './build-test-app.js'
import { createBrowser } from './browser.js'

type Listening = Awaited<ReturnType<typeof buildTestApp>> & { port: number }

/** Returns a browser that is signed in as the local owner, with the CSRF token of the session. */
export async function ownersBrowser({ app, config, port }: Listening) {
  const browser = createBrowser(port)
  const token = (await createLoginLink(app.db, config.publicUrl)).split('#token=')[1]!
  const answer = await browser.call('/auth/local', { method: 'POST', body: { token } })
  if (answer.status !== 204) throw new Error(`Sign-in failed with status ${answer.status}`)
  const { csrfToken, user } = (await browser.call('/api/v1/me')).json<{
    csrfToken: string
    user: { id: string }
  }>()
  return {
    ...browser,
    csrfToken,
    userId: user.id,
    cookie: () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    /** Sends a request with the CSRF token, as the page does. */
    change: (method: string, path: string, body?: object) =>
      browser.call(path, { method, body, headers: { 'x-csrf-token': csrfToken } }),
  }
}
