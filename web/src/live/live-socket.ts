import type { LiveMessage, LiveServerFrame } from '@whook/shared'
import { liveBeatMs, liveCloseCodes } from '@whook/shared/live-rules'
import { ref, readonly } from 'vue'

/** `crowded`: other tabs use all connections of the user, and this tab does not reconnect by itself. */
export type Connection = 'connecting' | 'live' | 'lost' | 'crowded'

interface LiveSocketHandlers {
  messages: (messages: LiveMessage[]) => void
  /** Live messages may have been missed: fetch again. */
  refill: () => void
  /** The server refused or ended the connection: the session may have ended. */
  refused: () => void
}

const firstRetryMs = 250
const lastRetryMs = 2000
/** Without a frame for this time the connection is dead, even if the browser reports it open (sleep, pulled cable). */
export const silenceMaxMs = 3 * liveBeatMs

/** Opens the only WebSocket of the SPA. Reconnects by itself, and calls `refill` after each reconnect. */
export function createLiveSocket({ messages, refill, refused }: LiveSocketHandlers) {
  const connection = ref<Connection>('connecting')
  let socket: WebSocket | undefined
  let retryMs = firstRetryMs
  let retry: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let wanted = false

  function open() {
    drop()
    const current = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`)
    socket = current
    let greeted = false
    const lose = (code?: number) => {
      if (socket !== current) return
      drop()
      if (code === liveCloseCodes.tooMany) return void (connection.value = 'crowded')
      connection.value = 'lost'
      retry = setTimeout(open, retryMs)
      retryMs = Math.min(retryMs * 2, lastRetryMs)
      // A refused upgrade looks like any lost connection: the browser does not expose its status.
      if (code !== undefined && (!greeted || code === liveCloseCodes.signedOut)) refused()
    }
    const hear = () => {
      clearTimeout(silence)
      silence = setTimeout(lose, silenceMaxMs)
    }
    hear()
    current.onclose = ({ code }) => lose(code)
    current.onmessage = ({ data }) => {
      if (socket !== current) return
      hear()
      greeted = true
      read(JSON.parse(String(data)) as LiveServerFrame)
    }
  }

  /** Drops the socket immediately. Closing takes minutes if the server is unreachable. */
  function drop() {
    clearTimeout(retry)
    clearTimeout(silence)
    const old = socket
    socket = undefined
    old?.close()
  }

  function read(frame: LiveServerFrame) {
    if ('hello' in frame) {
      retryMs = firstRetryMs
      connection.value = 'live'
      refill()
    } else if ('gap' in frame) {
      refill()
    } else {
      messages(frame.messages)
    }
  }

  function retryNow() {
    if (!wanted || connection.value === 'live') return
    retryMs = firstRetryMs
    open()
  }

  return {
    connection: readonly(connection),
    start() {
      if (wanted) return
      wanted = true
      retryMs = firstRetryMs
      connection.value = 'connecting'
      open()
      addEventListener('online', retryNow)
    },
    stop() {
      wanted = false
      drop()
      connection.value = 'lost'
      removeEventListener('online', retryNow)
    },
    retryNow,
  }
}
