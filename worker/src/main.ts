import { connect } from '@whook/drizzle'
import { createAnnouncer } from '@whook/shared/server/announcer'
import { loadConfig } from '@whook/shared/server/config'
import { createLiveBus } from '@whook/shared/server/live-bus'
import { createLogger } from '@whook/shared/server/logger'
import { createQueues } from '@whook/shared/server/queues'
import { ingestRequests } from './processors/ingest-requests.js'

const config = loadConfig(process.env)
const logger = createLogger('worker', config.logLevel)
const client = connect(config.databaseUrl, { poolSize: config.poolSize, name: 'whook worker' })
const queues = createQueues({ ...config, logger })
const liveBus = createLiveBus({ ...config, logger })
const announcer = createAnnouncer({ liveBus, logger })
queues.process('ingest', 4, ingestRequests({ sql: client.sql, announcer, onDue: () => {} }))
process.send?.({ type: 'ready' })

async function stop() {
  await queues.close()
  await announcer.close()
  await liveBus.close()
  await client.close()
  process.exit(0)
}
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, () => void stop())
