import type { ChildProcess } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import type { Product } from '@whook/testing/product/start-product'
import type { LoopReport } from './watch-loop.js'

export interface Observation {
  /** Slowest response of /healthz of the api to another client, in milliseconds. */
  healthMs: number
  api: LoopReport
  worker: LoopReport
}

/** Measures api and worker between two calls of `since`. */
export function observe({ ports, apis, workers }: Product) {
  const poller = new Worker(new URL('./poll-health.mjs', import.meta.url), { workerData: { port: ports[0] } })

  async function since(): Promise<Observation> {
    const [healthMs, api, worker] = await Promise.all([slowest(), loopOf(apis[0]!), loopOf(workers[0]!)])
    return { healthMs, api, worker }
  }
  const slowest = () =>
    new Promise<number>((resolve) => {
      poller.once('message', resolve)
      poller.postMessage('report')
    })
  return { since, stop: () => poller.terminate() }
}

const loopOf = (child: ChildProcess) =>
  new Promise<LoopReport>((resolve) => {
    const take = (message: unknown) => {
      if ((message as { type?: string }).type !== 'loop') return
      child.off('message', take)
      resolve(message as LoopReport)
    }
    child.on('message', take)
    child.send({ type: 'loop' })
  })
