import type { LiveMessage, LiveServerFrame } from '@whook/shared'
import { ref, readonly } from 'vue'

export type Connection = 'connecting' | 'live' | 'lost'

interface Handlers {
  messages: (messages: LiveMessage[]) => void
  /** Something may have been missed: fetch again. */
  refill: () => void
}

const firstRetryMs = 250
const lastRetryMs = 2000

/** The only WebSocket of the SPA: comes back by itself, and says so when it was away. */
export function createLiveSocket({ messages, refill }: Handlers) {
  const connection = ref<Connection>('connecting')
  let socket: WebSocket | undefined
  let retryMs = firstRetryMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let wanted = false

  function open() {
    clearTimeout(timer)
    const current = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`)
    socket = current
    current.onmessage = ({ data }) => read(JSON.parse(String(data)) as LiveServerFrame)
    current.onclose = () => {
      if (socket !== current || !wanted) return
      connection.value = 'lost'
      timer = setTimeout(open, retryMs)
      retryMs = Math.min(retryMs * 2, lastRetryMs)
    }
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
    if (wanted && connection.value === 'lost') {
      retryMs = firstRetryMs
      open()
    }
  }

  return {
    connection: readonly(connection),
    start() {
      if (wanted) return
      wanted = true
      open()
      addEventListener('online', retryNow)
    },
    stop() {
      wanted = false
      clearTimeout(timer)
      removeEventListener('online', retryNow)
      socket?.close()
    },
    retryNow,
  }
}
