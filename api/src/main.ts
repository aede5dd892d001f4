import { waitForDatabase } from '@whook/drizzle/wait-for-database'
import { runProcess } from '@whook/runtime/lifetime/run-process'
import { retryUntilAvailable } from '@whook/runtime/retry-until-available'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.js'
import { createLoginLink } from './auth/login-links.js'
import { checkStartMode } from './auth/start-mode.js'
import { firstWebhook } from './first-webhook.js'

await runProcess('api', async (config, logger) => {
  checkStartMode(config)
  const onWaiting = (error: unknown) =>
    logger.warn({ err: error }, 'start.waiting: PostgreSQL does not answer yet')
  await waitForDatabase(config.databaseUrl, onWaiting)
  const app = await buildApp({ config, logger })

  const durability = await app.queues.durability()
  if (config.accept === 'queue' && !durability.durable) {
    logger.warn(
      { durability: durability.detail },
      'queue.not-durable: a crash of Redis can lose accepted requests',
    )
  }

  if (config.mode === 'server' && config.allowedEmails.length + config.allowedDomains.length === 0) {
    logger.warn(
      { issuer: config.oidc.issuer },
      'sign-in.open: any account of the issuer can sign in; set ALLOWED_EMAILS or ALLOWED_DOMAINS to restrict it',
    )
  }

  await app.listen({ host: config.host, port: config.port })
  const welcome =
    config.mode === 'local'
      ? await retryUntilAvailable(() => createWelcome(app), { withinMs: 30_000, onWaiting })
      : {}
  logger.info({ url: config.publicUrl, accept: config.accept }, 'api.ready')
  return { welcome: { url: config.publicUrl, ...welcome }, close: () => app.close() }
})

/** Returns the texts of the terminal for the local owner: a sign-in link, the URL of a webhook, and a curl command. */
async function createWelcome({ db, webhooks, config }: FastifyInstance) {
  const { url } = await firstWebhook(db, webhooks)
  return {
    loginUrl: await createLoginLink(db, config.publicUrl),
    webhookUrl: url,
    curl: `curl -d '{"hello":"world"}' -H 'content-type: application/json' ${url}`,
  }
}
