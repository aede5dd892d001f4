import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

interface Order {
  port: number
  authorizations: string[]
  socketsEach: number
}

export interface CrowdReport {
  /** Of stored requests, over all sockets. */
  messages: number
  gaps: number
}

/** Opens sockets in a process of its own; resolves when all are open. */
export async function startCrowd(order: Order) {
  const child = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv })
  child.send(order)
  await once(child, 'message')
  return {
    async stop(): Promise<CrowdReport> {
      child.send('stop')
      const [report] = (await once(child, 'message')) as [CrowdReport]
      child.disconnect()
      return report
    },
  }
}

async function watch({ port, authorizations, socketsEach }: Order) {
  const report: CrowdReport = { messages: 0, gaps: 0 }
  const sockets: WebSocket[] = []
  for (const authorization of authorizations) {
    const opened = Array.from({ length: socketsEach }, async () => {
      const socket = new WebSocket(`ws://localhost:${port}/ws`, { headers: { authorization } })
      sockets.push(socket)
      // Counted, not parsed: the crowd shares the machine with what it measures.
      socket.on('message', (data) => {
        const text = String(data)
        report.messages += text.split('"request.stored"').length - 1
        if (text.includes('"gap"')) report.gaps++
      })
      await once(socket, 'open')
    })
    await Promise.all(opened)
  }
  return { report, close: () => sockets.forEach((socket) => socket.terminate()) }
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (order: Order) => {
    void watch(order).then(({ report, close }) => {
      process.send!('open')
      process.once('message', () => {
        process.send!(report)
        close()
      })
    })
  })
}
