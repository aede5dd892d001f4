import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

interface CrowdOrder {
  port: number
  authorizations: string[]
  socketsEach: number
}

export interface CrowdReport {
  /** Live messages of stored requests, over all sockets. */
  messages: number
  gaps: number
}

/** Opens WebSockets in a separate process. Resolves when all are open. */
export async function startCrowd(order: CrowdOrder) {
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

async function watch({ port, authorizations, socketsEach }: CrowdOrder) {
  const report: CrowdReport = { messages: 0, gaps: 0 }
  const sockets: WebSocket[] = []
  for (const authorization of authorizations) {
    const opened = Array.from({ length: socketsEach }, async () => {
      const socket = new WebSocket(`ws://localhost:${port}/ws`, { headers: { authorization } })
      sockets.push(socket)
      // Counted without parsing: this process shares the CPU with the measured api.
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
  process.once('message', (order: CrowdOrder) => {
    void watch(order).then(({ report, close }) => {
      process.send!('open')
      process.once('message', () => {
        process.send!(report)
        close()
      })
    })
  })
}
