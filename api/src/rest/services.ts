import { ApiError } from '@whook/shared'
import { newId, newSlug } from '@whook/runtime/ids'
import { createAddressPolicy } from '@whook/runtime/outbound/address-policy'
import { ownServers } from '@whook/runtime/outbound/own-servers'
import { checkDestinationUrl } from '@whook/runtime/outbound/url-policy'
import { createSandbox } from '@whook/runtime/sandbox/sandbox'
import fp from 'fastify-plugin'
import { createAccountService, type AccountService } from './account/account.service.js'
import { createApiKeysService, type ApiKeysService } from './api-keys/api-keys.service.js'
import { createDeliveriesService, type DeliveriesService } from './deliveries/deliveries.service.js'
import { createSendTest } from './destinations/send-test.js'
import { createTryFilter } from './destinations/try-filter.js'
import { createDestinationsService, type DestinationsService } from './destinations/destinations.service.js'
import { createReplaysService, type ReplaysService } from './replays/replays.service.js'
import { createRequestsService, type RequestsService } from './requests/requests.service.js'
import { createStatsService, type StatsService } from './stats/stats.service.js'
import { createScriptTestsService, type ScriptTestsService } from './transformations/script-tests.service.js'
import { createScripts } from './transformations/scripts.js'
import {
  createTransformationsService,
  type TransformationsService,
} from './transformations/transformations.service.js'
import { createWebhooksService, type WebhooksService } from './webhooks/webhooks.service.js'

declare module 'fastify' {
  interface FastifyInstance {
    account: AccountService
    apiKeys: ApiKeysService
    webhooks: WebhooksService
    requests: RequestsService
    destinations: DestinationsService
    transformations: TransformationsService
    scriptTests: ScriptTestsService
    deliveries: DeliveriesService
    replays: ReplaysService
    stats: StatsService
  }
}

/** Maximum of script checks and test runs that wait for a thread; more are refused with 429. */
const scriptsWaitingMax = 100

/** Creates the services behind the routes. */
export default fp(
  async (app) => {
    const { db, sql, secrets, liveBus, announcer, config, sessions, queues } = app
    const { publish, deliveriesDue } = announcer
    const { publicUrl, mode, quotas } = config
    const checkQuotas = (userId: string) => {
      const refusal = app.usage.refusal(userId)
      if (refusal) throw new ApiError(refusal.code, refusal)
    }
    const addresses = createAddressPolicy({ ...config, denied: ownServers(config) })
    const sandbox = createSandbox({ queueMax: scriptsWaitingMax })
    app.addHook('onClose', sandbox.close)
    const scripts = createScripts(sandbox)
    const deliveries = createDeliveriesService({ db, sql, publish, deliveriesDue })

    app.decorate('account', createAccountService({ db, sql, sessions, liveBus }))
    app.decorate('apiKeys', createApiKeysService({ db, sql, newId, liveBus }))
    app.decorate(
      'webhooks',
      createWebhooksService({
        db,
        sql,
        secrets,
        liveBus,
        publish,
        deliveriesDue,
        publicUrl,
        serverLimits: { bodyBytesMax: config.bodyLimitBytes, retentionDays: config.retentionDays },
        newId,
        newSlug,
      }),
    )
    const requests = createRequestsService({ db, sql, publish })
    app.decorate('requests', requests)
    const { bodyLimitBytes } = config
    app.decorate(
      'replays',
      createReplaysService({
        db,
        sql,
        publish,
        deliveriesDue,
        deliveries,
        requests,
        bodyLimitBytes,
        checkQuotas,
        runningMax: quotas.runningReplays,
        onRunningMax: () => app.quotaReached('runningReplays'),
      }),
    )
    app.decorate('deliveries', deliveries)
    app.decorate(
      'transformations',
      createTransformationsService({
        db,
        liveBus,
        scripts,
        versionBytesMax: quotas.scriptVersionBytes,
        onPruned: (versions) => app.quotaReached('scriptVersionBytes', versions),
      }),
    )
    app.decorate('scriptTests', createScriptTestsService({ db, scripts }))
    app.decorate(
      'destinations',
      createDestinationsService({
        db,
        sql,
        secrets,
        liveBus,
        publish,
        deliveriesDue,
        newId,
        checkUrl: (raw) => checkDestinationUrl(raw, { addresses, mode }),
        checkScript: scripts.check,
        tryFilter: createTryFilter(sql),
        sendTest: createSendTest({ checkQuotas, sql, newId, publish, deliveriesDue, read: deliveries.get }),
      }),
    )
    app.decorate(
      'stats',
      createStatsService({ db, sql, mode, queueDepth: () => queues.depth('ingest').catch(() => null) }),
    )
  },
  { name: 'services', dependencies: ['database', 'live-bus', 'secrets', 'sessions', 'queues', 'quotas'] },
)
