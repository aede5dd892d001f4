import { resolve } from 'node:path'

/**
 * Returns `call(method, path, body)` for the REST API of the running installation, and `end`, which signs out. With
 * WHOOK_API_KEY it uses that key. In local mode it needs no setting: it creates a sign-in link in the database of the data
 * folder, like `npm start`.
 */
export async function signIn(env) {
  const url = (env.PUBLIC_URL || `http://localhost:${env.APP_PORT || 5000}`).replace(/\/$/, '')
  const { mode } = await options(url)
  if (env.WHOOK_API_KEY) {
    const call = caller(url, { authorization: `Bearer ${env.WHOOK_API_KEY}` })
    return { call, end: async () => {} }
  }
  if (mode !== 'local')
    throw new Error(
      `${url} requires sign-in. Create an API key with the scope "write" under Settings > API keys, then run:\n` +
        'WHOOK_API_KEY=<key> npm run seed',
    )
  return byLink(url, await createLink(env, url))
}

async function options(url) {
  try {
    return await caller(url, {})('GET', '/auth/options')
  } catch (error) {
    if (error.status) throw error
    throw new Error(
      `Whook does not run at ${url}. Start it first: npm start (or set APP_PORT or PUBLIC_URL)`,
      {
        cause: error,
      },
    )
  }
}

async function createLink(env, url) {
  const { startEmbeddedPostgres } = await import('../../launcher/dist/src/embedded/embedded-postgres.js')
  const { expectInstallation } = await import('../../launcher/dist/src/embedded/data-folder.js')
  const { connect } = await import('../../drizzle/dist/src/client.js')
  const { createLoginLink } = await import('../../api/dist/src/auth/login-links.js')
  const dataDir = resolve(env.DATA_DIR || './data')
  if (!env.DATABASE_URL) expectInstallation(dataDir)
  const embedded = env.DATABASE_URL ? undefined : await startEmbeddedPostgres({ dataDir })
  const { db, close } = connect(env.DATABASE_URL || embedded.url, { poolSize: 1, name: 'whook seed' })
  try {
    return await createLoginLink(db, url)
  } finally {
    await close()
    // An attached server belongs to the running installation: do not stop it.
    if (embedded && !embedded.attached) await embedded.stop()
  }
}

async function byLink(url, link) {
  const token = link.slice(link.indexOf('#token=') + '#token='.length)
  const answer = await fetch(`${url}/auth/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!answer.ok) {
    throw new Error(
      `The data folder does not belong to the Whook at ${url}. Set DATA_DIR or DATABASE_URL as for npm start`,
    )
  }
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const { csrfToken } = await caller(url, { cookie })('GET', '/api/v1/me')
  const call = caller(url, { cookie, 'x-csrf-token': csrfToken })
  return { call, end: () => call('POST', '/auth/logout') }
}

/** Throws an error with the problem's detail and `status` unless the response is 2xx. */
const caller = (url, headers) => async (method, path, body) => {
  const answer = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await answer.text()
  if (answer.ok) return text === '' ? undefined : JSON.parse(text)
  const error = new Error(`${method} ${path}: ${answer.status} ${problemOf(text)}`)
  throw Object.assign(error, { status: answer.status })
}

function problemOf(text) {
  try {
    const { title, detail, errors = [] } = JSON.parse(text)
    return [detail ?? title, ...errors.map(({ path, message }) => `${path} ${message}`)].join('; ')
  } catch {
    // Not a problem document: another server answers at this address.
    return text.slice(0, 200)
  }
}
