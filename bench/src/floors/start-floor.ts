import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts one floor server in a separate process. Resolves to its port and a function to stop it. */
export async function startFloor(name: 'node-http' | 'fastify' | 'sink') {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const child = fork(fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url)), {
    execArgv: process.execArgv,
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('exit', (code) => reject(new Error(`floor ${name} ended with ${code}`)))
  })
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.disconnect()
    })
  return { name, port, pid: child.pid!, stop, [Symbol.asyncDispose]: stop }
}
