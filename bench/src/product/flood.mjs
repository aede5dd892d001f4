import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** A thread whose loops repeat these calls until it is ended. A refused call is repeated at the pace of a client. */
const { port, calls, loops } = workerData
const pauseMs = 5
const agent = new Agent({ keepAlive: true })
const statuses = {}
let next = 0

function loop() {
  const { method, path, headers, body } = calls[next++ % calls.length]
  const again = (status) => {
    statuses[status] = (statuses[status] ?? 0) + 1
    setTimeout(loop, pauseMs)
  }
  request({ port, host: '127.0.0.1', method, path, headers, agent }, (answer) =>
    answer.resume().on('close', () => again(answer.statusCode)),
  )
    .on('error', (error) => again(error.code))
    .end(body)
}
for (let n = 0; n < loops; n++) loop()

parentPort.on('message', () => parentPort.postMessage(statuses))
