import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '@whook/testing/test-database'
import { limits } from '@whook/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rssBytes } from '@whook/testing/product/process-usage'
import { readMetric } from '@whook/testing/product/read-metric'
import { startProduct, type Product } from '@whook/testing/product/start-product'

const megabyte = 2 ** 20
const bodyBytes = limits.bodyBytesDefault
const connections = 200
/** Allowance for copies of a body in Node and V8, and for late garbage collection on a busy machine. */
const slackBytes = 160 * megabyte

let database: Awaited<ReturnType<typeof createTestDatabase>>
let product: Product
let sockets: Socket[] = []
let [hook, body, floorBytes] = ['', '', 0]

beforeAll(async () => {
  database = await createTestDatabase()
  product = await startProduct({ databaseUrl: database.url, workers: 0 })
  const webhook = await product.call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', { name: 'x' })
  hook = `/${webhook.slug}`
  const answer = await fetch(`http://127.0.0.1:${product.ports[0]}${hook}`, {
    method: 'POST',
    body: Buffer.alloc(bodyBytes, 'x'),
  })
  body = `/api/v1/requests/${answer.headers.get('x-whook-request-id')}/body`
  floorBytes = rss()
})
afterAll(async () => {
  await product.stop()
  await database.drop()
})

const rss = () => rssBytes(product.apis[0]!.pid!)

async function open() {
  const socket = connect(product.ports[0]!, '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

/** Returns the peak memory above the floor during `work` and for one second after it. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  let peak = 0
  const timer = setInterval(() => (peak = Math.max(peak, rss())), 20)
  try {
    await work()
    await sleep(1000)
  } finally {
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
    sockets = []
  }
  return peak - floorBytes
}

async function refusedBy(budget: string) {
  const metrics = await fetch(`http://127.0.0.1:${product.ports[0]}/metrics`)
  return readMetric(await metrics.text(), `whook_budget_refused_total{budget="${budget}"}`)
}

describe('memory budgets of the api', { timeout: 120_000 }, () => {
  it('accepts some bodies and returns 503 to others when 200 arrive together', async () => {
    const statuses: string[] = []
    const peak = await peakOf(async () => {
      const answered: Promise<unknown>[] = []
      const senders = await Promise.all(
        Array.from({ length: connections }, async () => {
          const socket = await open()
          socket.write(`POST ${hook} HTTP/1.1\r\nHost: h\r\nContent-Length: ${bodyBytes}\r\n\r\n`)
          return socket
        }),
      )
      for (const socket of senders) {
        answered.push(
          new Promise<void>((resolve) => {
            socket.once('data', (chunk: Buffer) => {
              statuses.push(chunk.toString('latin1', 9, 12))
              resolve()
            })
            socket.once('close', () => resolve())
          }),
        )
        socket.write(Buffer.alloc(bodyBytes - 1, 'x'))
      }
      await sleep(3000)
      for (const socket of senders) if (socket.writable) socket.write('x')
      await Promise.all(answered)
    })
    expect(peak).toBeLessThan(limits.receivingBytesMax + limits.waitingBytesMax + slackBytes)
    expect(statuses.filter((status) => status === '202').length).toBeGreaterThan(0)
    // 408: on a busy machine a body may take more than 30 seconds.
    expect(statuses.filter((status) => !['202', '503', '408'].includes(status))).toEqual([])
    expect(await refusedBy('receiving')).toBeGreaterThan(0)
  })

  const get = () =>
    `GET ${body} HTTP/1.1\r\nHost: localhost:${product.ports[0]}\r\nAuthorization: ${product.authorization}\r\n\r\n`

  it('holds few responses in memory when 100 clients do not read', async () => {
    const peak = await peakOf(async () => {
      const readers = await Promise.all(Array.from({ length: 100 }, open))
      for (const socket of readers) socket.pause().write(get())
      await sleep(3000)
    })
    expect(peak).toBeLessThan(limits.answeringBytesMax + slackBytes)
    expect(await refusedBy('answering')).toBeGreaterThan(0)
  })

  it('holds one response in memory when a client pipelines 60 requests', async () => {
    const peak = await peakOf(async () => {
      const socket = await open()
      socket.pause().write(get().repeat(60))
      await sleep(2000)
    })
    expect(peak).toBeLessThan(slackBytes)
  })

  it('accepts requests after the overload', async () => {
    const call = async () =>
      (await fetch(`http://127.0.0.1:${product.ports[0]}${hook}`, { method: 'POST', body: 'x' })).status
    await expect.poll(call).toBe(202)
  })
})
