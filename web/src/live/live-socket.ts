import type { LiveMessage, LiveServerFrame } from '@whook/shared'
import { liveBeatMs, liveCloseCodes } from '@whook/shared/live-rules'
import { ref, readonly } from 'vue'

/** `crowded`: other tabs have taken all the connections there are, and this one does not fight for one. */
export type Connection = 'connecting' | 'live' | 'lost' | 'crowded'

interface Handlers {
  messages: (messages: LiveMessage[]) => void
  /** Something may have been missed: fetch again. */
  refill: () => void
  /** It was not let in, or is no longer: perhaps the session has ended. */
  refused: () => void
}

const firstRetryMs = 250
const lastRetryMs = 2000
/** A line that says nothing for so long is dead, whatever the browser believes: a laptop slept, a cable was pulled. */
export const silenceMaxMs = 3 * liveBeatMs

/** The only WebSocket of the SPA: comes back by itself, and says so when it was away. */
export function createLiveSocket({ messages, refill, refused }: Handlers) {
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
      // A refused upgrade looks like any lost connection: the browser does not tell its status.
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

  /** Forgets the socket at once: one whose other end is gone takes minutes to close. */
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
