import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** Returns a TCP port of 127.0.0.1 that was free during the call. Another program can still take the port. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
