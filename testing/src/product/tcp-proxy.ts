import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What the wire between a process and its database or queue does right now. */
export type WireMode = 'pass' | 'refuse' | 'blackhole' | 'delay' | 'cut-after'

/**
 * A wire with faults, where the kernel offers none. `refuse` resets new connections, `blackhole` swallows bytes both
 * ways without closing, `delay` adds `amount` milliseconds each way, `cut-after` resets a connection once `amount` bytes
 * have gone through it: in the middle of whatever is being said.
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
    /** Connections asked for so far, refused ones included. */
    get asked() {
      return asked
    },
    /** Where the next connections go: a server that came back on another port. */
    retarget: (port: number) => {
      target = { ...target, port }
    },
    setMode: (next: WireMode, howMuch = 0) => {
      mode = next
      amount = howMuch
      // Bytes swallowed in a black hole cannot come back: such connections are only good for dying.
      if (next === 'pass' || next === 'refuse') cut()
    },
    cut,
    /** The far side is gone and the near side is not told: what it writes is swallowed, and no answer ever comes. */
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
