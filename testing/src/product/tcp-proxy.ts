import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** The current fault of the connection between a process and its database or queue. */
export type WireMode = 'pass' | 'refuse' | 'blackhole' | 'delay' | 'cut-after'

/**
 * Starts a TCP proxy with faults, because the kernel offers none. `refuse` resets new connections. `blackhole` drops
 * bytes in both directions without closing. `delay` adds `amount` milliseconds in each direction. `cut-after` resets
 * a connection after `amount` bytes, possibly in the middle of a message.
 */
export async function createTcpProxy(target: { host: string; port: number }) {
  const pairs = new Set<[Socket, Socket]>()
  const forgotten = new Set<Socket>()
  let mode: WireMode = 'pass'
  let amount = 0
  let asked = 0

  const server = createServer((client) => {
    asked++
    if (mode === 'refuse') return void client.resetAndDestroy()
    const upstream = connect({ ...target, noDelay: true })
    const pair: [Socket, Socket] = [client.setNoDelay(true), upstream]
    pairs.add(pair)
    const budget = { bytes: Infinity }
    relay(client, upstream, budget)
    relay(upstream, client, budget)
    const end = () => {
      if (!pairs.delete(pair)) return
      client.destroy()
      upstream.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
  })

  function relay(from: Socket, to: Socket, budget: { bytes: number }) {
    from.on('data', (bytes) => {
      if (mode === 'blackhole') return
      if (mode === 'delay') return void setTimeout(() => to.writable && to.write(bytes), amount)
      if (mode !== 'cut-after') return void to.write(bytes)
      budget.bytes = Math.min(budget.bytes, amount) - bytes.length
      if (budget.bytes > 0) return void to.write(bytes)
      to.write(bytes.subarray(0, budget.bytes + bytes.length), () => to.resetAndDestroy())
      from.resetAndDestroy()
    })
  }

  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    /** The number of connections opened so far, including refused ones. */
    get asked() {
      return asked
    },
    /** Sets the port for new connections, after the server restarted on another port. */
    retarget: (port: number) => {
      target = { ...target, port }
    },
    setMode: (next: WireMode, howMuch = 0) => {
      mode = next
      amount = howMuch
      // The bytes dropped by `blackhole` are lost, so its connections cannot be used again.
      if (next === 'pass' || next === 'refuse') cut()
    },
    cut,
    /** Closes only the server side. The client side stays open: its bytes are dropped and no response follows. */
    halfOpen: () => {
      for (const pair of pairs) {
        pairs.delete(pair)
        const [client, upstream] = pair
        upstream.resetAndDestroy()
        client.removeAllListeners('data').resume()
        client.on('error', () => {}).on('end', () => client.destroy())
        forgotten.add(client)
        client.on('close', () => forgotten.delete(client))
      }
    },
    close: () => {
      cut()
      for (const socket of forgotten) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export type TcpProxy = Awaited<ReturnType<typeof createTcpProxy>>
