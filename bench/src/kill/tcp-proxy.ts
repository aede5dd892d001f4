import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What the wire between a process and its database or queue does right now. */
export type WireMode = 'pass' | 'refuse' | 'blackhole' | 'delay'

/**
 * A wire with faults, where the kernel offers none. `refuse` resets new connections, `blackhole` swallows bytes both
 * ways without closing, `delay` adds delayMs each way.
 */
export async function createTcpProxy(target: { host: string; port: number }) {
  const pairs = new Set<[Socket, Socket]>()
  let mode: WireMode = 'pass'
  let delayMs = 0

  const server = createServer((client) => {
    if (mode === 'refuse') return void client.resetAndDestroy()
    const upstream = connect({ ...target, noDelay: true })
    const pair: [Socket, Socket] = [client.setNoDelay(true), upstream]
    pairs.add(pair)
    relay(client, upstream)
    relay(upstream, client)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
  })

  function relay(from: Socket, to: Socket) {
    from.on('data', (bytes) => {
      if (mode === 'blackhole') return
      if (mode === 'delay') setTimeout(() => to.writable && to.write(bytes), delayMs)
      else to.write(bytes)
    })
  }

  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    /** Where the next connections go: a server that came back on another port. */
    retarget: (port: number) => {
      target = { ...target, port }
    },
    setMode: (next: WireMode, ms = 0) => {
      mode = next
      delayMs = ms
      // Bytes swallowed in a black hole cannot come back: such connections are only good for dying.
      if (next === 'pass' || next === 'refuse') cut()
    },
    cut,
    close: () => {
      cut()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export type TcpProxy = Awaited<ReturnType<typeof createTcpProxy>>
