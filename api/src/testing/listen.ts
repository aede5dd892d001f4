import type { AddressInfo } from 'node:net'
import { seedWebhook } from '@whook/testing/seed-webhook'
import { buildTestApp } from './build-test-app.js'

/** Starts the whole api on a real port, with one webhook. */
export async function listenWithWebhook(
  env: Record<string, string> = {},
  overrides: Parameters<typeof seedWebhook>[1] = {},
) {
  const test = await buildTestApp(env)
  const webhook = await seedWebhook(test.database.db, overrides)
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const port = (test.app.server.address() as AddressInfo).port
  return { ...test, webhook, port, hookUrl: `http://127.0.0.1:${port}/${webhook.slug}` }
}
