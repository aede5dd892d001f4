import postgres from 'postgres'
import type { ControlMessage, LiveEnvelope, LiveMessage } from '@whook/shared/live'
import { createConnectSocket } from '../connect-socket.js'
import {
  busKinds,
  dispatchTo,
  liveText,
  type BusKind,
  type LiveBus,
  type LiveBusHandlers,
  type LiveBusOptions,
} from './channels.js'
import { createListener, type Listener } from './postgres-listener.js'

/** NOTIFY refuses payloads of 8000 bytes and more. */
const payloadBytesMax = 7900
/** The record separator of RFC 7464: JSON text never contains it unescaped. */
const separator = '\x1e'
const gap = JSON.stringify({ type: 'gap' } satisfies LiveMessage)
const statementTimeoutMs = 5000
const answerMs = 3000
/** Seconds that closing waits for running statements. */
const closeSeconds = 2

/** The live bus on LISTEN/NOTIFY, one channel per kind. Calls `gap` of the handlers after a reconnect. */
export function postgresLiveBus({ databaseUrl, logger, prefix = 'whook' }: LiveBusOptions): LiveBus {
  const channelOf = (kind: BusKind) => `${prefix}_${kind}`
  const handlers = new Set<LiveBusHandlers>()
  const open = () =>
    postgres(databaseUrl, {
      max: 1,
      connect_timeout: 5,
      onnotice: () => {},
      ...({ socket: createConnectSocket(statementTimeoutMs + answerMs) } as object),
      connection: { application_name: 'whook live bus', statement_timeout: statementTimeoutMs },
    })
  const sql = open()
  const listening = new Map<BusKind, Listener>()

  const send = async (kind: BusKind, payloads: string[]) => {
    // A NOTIFY commits like a write. Messages may be lost when the server crashes, so this commit does not wait for the
    // disk: the commits of accepted requests need it.
    await sql`select pg_notify(${channelOf(kind)}, payload)
              from (select set_config('synchronous_commit', 'off', true)) as quick,
                string_to_table(${payloads.join(separator)}, ${separator}) as payload`
  }
  const listen = (kind: BusKind) =>
    createListener({
      open,
      channel: channelOf(kind),
      beat: (text) => send(kind, [text]),
      onMessage: (text) => dispatchTo(handlers, kind, text, logger),
      gap: () => {
        for (const handler of handlers) if (handler[kind]) handler.gap()
      },
      logger,
    })

  return {
    publish: (envelopes) => send('live', envelopes.flatMap(payloadsOf)),
    control: (message) => send('control', controlPayloads(message)),
    async subscribe(handler) {
      handlers.add(handler)
      for (const kind of busKinds.filter((kind) => handler[kind])) {
        const listener = listening.get(kind) ?? listen(kind)
        listening.set(kind, listener)
        await listener.ready
      }
      return async () => void handlers.delete(handler)
    },
    async close() {
      handlers.clear()
      await Promise.all([...listening.values()].map((listener) => listener.close()))
      await sql.end({ timeout: closeSeconds })
    },
  }
}

/** Returns one payload, or several when the list in the message does not fit into one. */
function controlPayloads(message: ControlMessage): string[] {
  const whole = JSON.stringify(message)
  if (Buffer.byteLength(whole) <= payloadBytesMax) return [whole]
  const list = Object.entries(message).find(([, value]) => Array.isArray(value)) as
    [string, unknown[]] | undefined
  if (!list || list[1].length < 2)
    throw new RangeError(`A ${message.type} message is larger than a notification`)
  const [name, values] = list
  const half = values.length >> 1
  return [values.slice(0, half), values.slice(half)].flatMap((part) =>
    controlPayloads({ ...message, [name]: part } as ControlMessage),
  )
}

/** Packs the messages into as few payloads as possible. A gap replaces a message that is too large for one payload. */
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
