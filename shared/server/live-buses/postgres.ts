import postgres from 'postgres'
import type { LiveEnvelope, LiveMessage } from '../../src/live.js'
import { untilItAnswers } from '../until-it-answers.js'
import {
  busKinds,
  dispatchTo,
  liveText,
  type BusKind,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from '../live-bus.js'

/** NOTIFY refuses payloads of 8000 bytes and more. */
const payloadBytesMax = 7900
/** RFC 7464's record separator: JSON text never holds it as it is. */
const separator = '\x1e'
const gap = JSON.stringify({ type: 'gap' } satisfies LiveMessage)
/** How long the first subscription may wait for a database that is starting: less than a plugin may take to start. */
const subscribeMs = 8000

/** LISTEN/NOTIFY, one channel per kind; a reconnect is told to the handlers as a gap. */
export function postgresLiveBus({ databaseUrl, logger, prefix = 'whook' }: LiveBusOptions): LiveBus {
  const channelOf = (kind: BusKind) => `${prefix}_${kind}`
  const handlers = new Set<LiveBusHandlers>()
  const open = () =>
    postgres(databaseUrl, {
      max: 1,
      connect_timeout: 5,
      onnotice: () => {},
      connection: { application_name: 'whook live bus', statement_timeout: 5000 },
    })
  const sql = open()
  const listening = new Map<BusKind, Promise<postgres.Sql>>()

  const send = async (kind: BusKind, payloads: string[]) => {
    await sql`select pg_notify(${channelOf(kind)}, payload)
              from string_to_table(${payloads.join(separator)}, ${separator}) as payload`
  }
  /** With a client of its own: one whose first LISTEN failed remembers the failure for good. */
  async function listen(kind: BusKind): Promise<postgres.Sql> {
    const listener = open()
    let first = true
    try {
      await listener.listen(
        channelOf(kind),
        (text) => dispatchTo(handlers, kind, text, logger),
        () => {
          if (!first) for (const handler of handlers) if (handler[kind]) handler.gap()
          first = false
        },
      )
      return listener
    } catch (error) {
      await listener.end({ timeout: 0 })
      throw error
    }
  }

  return {
    publish: (envelopes) => send('live', envelopes.flatMap(payloadsOf)),
    control: (message) => send('control', [JSON.stringify(message)]),
    async subscribe(handler) {
      handlers.add(handler)
      for (const kind of busKinds.filter((kind) => handler[kind])) {
        const subscribed =
          listening.get(kind) ??
          untilItAnswers(() => listen(kind), {
            withinMs: subscribeMs,
            onWaiting: (error) => logger.warn({ err: error }, 'live-bus.waiting'),
          })
        listening.set(kind, subscribed)
        await subscribed
      }
      return async () => void handlers.delete(handler)
    },
    async close() {
      handlers.clear()
      const clients = await Promise.all(
        [...listening.values()].map((opened) => opened.catch(() => undefined)),
      )
      await Promise.all([sql, ...clients].map((client) => client?.end({ timeout: 2 })))
    },
  }
}

/** As few payloads as the messages fit in, each message made text once; one too large alone becomes a gap to refill. */
function payloadsOf({ userId, messages }: LiveEnvelope): string[] {
  const room = payloadBytesMax - userId.length - 1
  const payloads: string[] = []
  let texts: string[] = []
  let bytes = 0
  const close = () => {
    if (texts.length > 0) payloads.push(liveText(userId, texts))
    texts = []
    bytes = 0
  }
  for (const message of messages) {
    const whole = JSON.stringify(message)
    const text = Buffer.byteLength(whole) < room ? whole : gap
    const size = Buffer.byteLength(text) + 1
    if (bytes + size > room) close()
    texts.push(text)
    bytes += size
  }
  close()
  return payloads
}
