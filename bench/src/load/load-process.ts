import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runLoad, type LoadOptions, type LoadResult } from './http-load.js'

type Order = Omit<LoadOptions, 'body'> & { body: string }

/** Runs the load in a process of its own, so that the client's event loop is not the measurer's. */
export function loadInProcess(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv })
    child.once('message', (result) => {
      resolve(result as LoadResult)
      child.disconnect()
    })
    child.once('error', reject)
    child.once('exit', (code) => code !== 0 && reject(new Error(`the load process ended with ${code}`)))
    child.send({ ...options, body: options.body.toString('base64') } satisfies Order)
  })
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (order: Order) => {
    void runLoad({ ...order, body: Buffer.from(order.body, 'base64') }).then((result) =>
      process.send!(result),
    )
  })
}
