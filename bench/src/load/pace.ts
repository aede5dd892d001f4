interface PaceOptions {
  perSecond: number
  /** Maximum concurrent sends. Sends delayed by it follow later, at most those of one second. */
  atOnce: number
  /** Must not reject. */
  send: (number: number) => Promise<void>
}

/** Starts sends at a steady rate until stopped. `stop` waits for running sends. */
export function startPace({ perSecond, atOnce, send }: PaceOptions) {
  const pending = new Set<Promise<void>>()
  let number = 0
  let debt = 0
  let lastTick = performance.now()

  const timer = setInterval(() => {
    const now = performance.now()
    debt = Math.min(debt + ((now - lastTick) * perSecond) / 1000, Math.max(1, perSecond))
    lastTick = now
    for (; debt >= 1 && pending.size < atOnce; debt--) {
      const sent = send(number++)
      pending.add(sent)
      void sent.finally(() => pending.delete(sent))
    }
  }, 10)

  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
    },
  }
}
