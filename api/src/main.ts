import { waitForDatabase } from '@whook/drizzle/wait-for-database'
import { ConfigError, loadConfig } from '@whook/shared/server/config'
import { createLogger } from '@whook/shared/server/logger'
import { untilItAnswers } from '@whook/shared/server/until-it-answers'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.js'
import { createLoginLink } from './auth/login-links.js'
import { checkStartMode } from './auth/start-mode.js'
import { firstWebhook } from './first-webhook.js'

/** Milliseconds after which an api that cannot stop cleanly goes anyway: what was answered is durable already. */
const stopMs = 19_000

/** Starts one api process; ends cleanly on SIGTERM, SIGINT, SIGHUP, or when the launcher that started it is gone. */
async function main() {
  const config = loadConfig(process.env)
  const logger = createLogger('api', config.logLevel)
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
      'sign-in.open: set ALLOWED_EMAILS or ALLOWED_DOMAINS to choose who',
    )
  }

  await app.listen({ host: config.host, port: config.port })
  const welcome =
    config.mode === 'local'
      ? await untilItAnswers(() => createWelcome(app), { withinMs: 30_000, onWaiting })
      : {}
  process.send?.({ type: 'ready', url: config.publicUrl, ...welcome })
  logger.info({ url: config.publicUrl, accept: config.accept }, 'api.ready')

  let stopping = false
  const stop = async (why: string) => {
    if (stopping) return
    stopping = true
    logger.info({ why }, 'api.stopping')
    setTimeout(() => process.exit(1), stopMs).unref()
    await app.close()
    process.exit(0)
  }
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect']) process.on(event, () => void stop(event))
}

/** What the terminal shows the local owner: a way in, a URL to call, and the call. */
async function createWelcome({ db, webhooks, config }: FastifyInstance) {
  const { url } = await firstWebhook(db, webhooks)
  return {
    loginUrl: await createLoginLink(db, config.publicUrl),
    webhookUrl: url,
    curl: `curl -d '{"hello":"world"}' -H 'content-type: application/json' ${url}`,
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`)
  process.exit(1)
})
