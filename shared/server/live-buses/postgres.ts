import postgres from 'postgres'
import {
  dispatchTo,
  type BusMessage,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from '../live-bus.js'

/** NOTIFY refuses payloads of 8000 bytes and more. */
const payloadBytesMax = 7900

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

  const send = async (messages: BusMessage[]) => {
    const payloads = messages.map((message) => JSON.stringify(message))
    await sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) as payload`
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
    publish: (envelopes) => send(envelopes.flatMap(splitToFit).map((envelope) => ({ live: [envelope] }))),
    control: (control) => send([{ control }]),
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

/** Halves an envelope until each part fits; one message too large alone becomes a gap the browser refills. */
function splitToFit(envelope: Envelope): Envelope[] {
  if (Buffer.byteLength(JSON.stringify({ live: [envelope] })) <= payloadBytesMax) return [envelope]
  const { userId, messages } = envelope
  if (messages.length === 1) return [{ userId, messages: [{ type: 'gap' }] }]
  const middle = messages.length >> 1
  return [
    ...splitToFit({ userId, messages: messages.slice(0, middle) }),
    ...splitToFit({ userId, messages: messages.slice(middle) }),
  ]
}
