import { Agent, get } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** A thread that requests /healthz repeatedly and reports the slowest response since the last report. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const everyMs = 5
let slowestMs = 0
let startedAt = performance.now()

function call() {
  startedAt = performance.now()
  const again = () => {
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    setTimeout(call, everyMs)
  }
  get({ port: workerData.port, host: '127.0.0.1', path: '/healthz', agent }, (answer) =>
    answer.resume().on('close', again),
  ).on('error', again)
}
call()

parentPort.on('message', () => {
  parentPort.postMessage(Math.max(slowestMs, performance.now() - startedAt - everyMs))
  slowestMs = 0
})
