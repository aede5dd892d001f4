import postgres from 'postgres'
import type { LiveMessage } from '../../src/live.js'
import {
  dispatchTo,
  type BusMessage,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from '../live-bus.js'

/** NOTIFY refuses payloads of 8000 bytes and more. */
const payloadBytesMax = 7900
/** RFC 7464's record separator: JSON text never holds it as it is. */
const separator = '\x1e'
const tail = ']}]}'
const gap = JSON.stringify({ type: 'gap' } satisfies LiveMessage)

/** LISTEN/NOTIFY; a reconnect is told to the handlers as a gap. */
export function postgresLiveBus({ databaseUrl, logger, prefix = 'whook' }: LiveBusOptions): LiveBus {
  const channel = `${prefix}_live`
  const handlers = new Set<LiveBusHandlers>()
  const sql = postgres(databaseUrl, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    connection: { application_name: 'whook live bus', statement_timeout: 5000 },
  })
  let listening: Promise<unknown> | undefined

  const send = async (payloads: string[]) => {
    await sql`select pg_notify(${channel}, payload)
              from string_to_table(${payloads.join(separator)}, ${separator}) as payload`
  }
  function listen() {
    let first = true
    return sql.listen(
      channel,
      (text) => dispatchTo(handlers, text, logger),
      () => {
        if (!first) handlers.forEach((handler) => handler.gap())
        first = false
      },
    )
  }

  return {
    publish: (envelopes) => send(envelopes.flatMap(payloadsOf)),
    control: (control) => send([JSON.stringify({ control } satisfies BusMessage)]),
    async subscribe(handler) {
      handlers.add(handler)
      listening ??= listen()
      await listening
      return async () => void handlers.delete(handler)
    },
    async close() {
      handlers.clear()
      await sql.end({ timeout: 2 })
    },
  }
}

type Envelope = Parameters<LiveBus['publish']>[0][number]

/** As few payloads as the messages fit in, each message made text once; one too large alone becomes a gap to refill. */
function payloadsOf({ userId, messages }: Envelope): string[] {
  const head = `{"live":[{"userId":${JSON.stringify(userId)},"messages":[`
  const room = payloadBytesMax - head.length - tail.length
  const payloads: string[] = []
  let texts: string[] = []
  let bytes = 0
  const close = () => {
    if (texts.length > 0) payloads.push(head + texts.join(',') + tail)
    texts = []
    bytes = 0
  }
  for (const message of messages) {
    let text = JSON.stringify(message)
    if (Buffer.byteLength(text) > room) text = gap
    const size = Buffer.byteLength(text) + 1
    if (bytes + size > room) close()
    texts.push(text)
    bytes += size
  }
  close()
  return payloads
}
