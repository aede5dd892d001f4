import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runLoad, type LoadOptions, type LoadResult } from './http-load.js'

type LoadOrder = Omit<LoadOptions, 'body'> & { body: string }

/** Runs the load in a separate process, so that client and measurement do not share an event loop. */
export function loadInProcess(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv })
    child.once('message', (result) => {
      resolve(result as LoadResult)
      child.disconnect()
    })
    child.once('error', reject)
    child.once('exit', (code) => code !== 0 && reject(new Error(`the load process ended with ${code}`)))
    child.send({ ...options, body: options.body.toString('base64') } satisfies LoadOrder)
  })
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (order: LoadOrder) => {
    void runLoad({ ...order, body: Buffer.from(order.body, 'base64') }).then((result) =>
      process.send!(result),
    )
  })
}
