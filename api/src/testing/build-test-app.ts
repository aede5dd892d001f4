import { apiKey, user } from '@whook/drizzle'
import { createTestDatabase } from '@whook/testing/test-database'
import { loadConfig } from '@whook/runtime/config'
import { newId } from '@whook/runtime/ids'
import { createLogger } from '@whook/runtime/logger'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { hashApiKey, newApiKey } from '../auth/api-key-format.js'
import { buildApp } from '../app.js'

type Env = Record<string, string | undefined>

/** Builds the whole api on its own database. `as(name)` sends requests as a user and creates it at first use. */
export async function buildTestApp(env: Env = {}) {
  const database = await createTestDatabase()
  const config = loadConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: 'a test key that is long enough, not secret',
    PUBLIC_URL: 'http://localhost:5000',
    ...env,
  })
  const app = await buildApp({ config, logger: createLogger('api', process.env['TEST_LOG'] ?? 'fatal') })
  await app.ready()

  const people = new Map<string, Promise<{ userId: string; key: string }>>()
  const person = (name: string) => {
    if (!people.has(name)) people.set(name, addPerson(name))
    return people.get(name)!
  }
  async function addPerson(name: string) {
    const [userId, key] = [newId(), newApiKey()]
    await database.db
      .insert(user)
      .values({ id: userId, email: `${name}@example.com`, name, googleId: `test ${name}` })
    await database.db.insert(apiKey).values({
      id: newId(),
      userId,
      name,
      prefix: key.slice(0, 12),
      hash: hashApiKey(key),
      scopes: ['read', 'write', 'admin'],
    })
    return { userId, key }
  }

  const as = (name: string) => {
    const call = async (
      method: InjectOptions['method'],
      url: string,
      payload?: object,
    ): Promise<LightMyRequestResponse> => {
      const { key } = await person(name)
      return app.inject({ method, url, payload, headers: { authorization: `Bearer ${key}` } })
    }
    return {
      get: (url: string) => call('GET', url),
      post: (url: string, payload: object = {}) => call('POST', url, payload),
      put: (url: string, payload: object) => call('PUT', url, payload),
      patch: (url: string, payload: object) => call('PATCH', url, payload),
      delete: (url: string) => call('DELETE', url),
      userId: async () => (await person(name)).userId,
      key: async () => (await person(name)).key,
    }
  }

  const close = async () => {
    await app.close()
    await database.drop()
  }
  return { app, database, as, config, close, [Symbol.asyncDispose]: close }
}
