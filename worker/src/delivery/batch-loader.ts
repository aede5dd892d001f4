/** Returns a look-up by key. One call of `load` loads all keys requested in the same turn of the event loop. */
export function createBatchLoader<V>(load: (keys: string[]) => Promise<Map<string, V>>) {
  let waiting = new Map<string, PromiseWithResolvers<V | undefined>>()

  function send() {
    const batch = waiting
    waiting = new Map()
    load([...batch.keys()]).then(
      (found) => batch.forEach(({ resolve }, key) => resolve(found.get(key))),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    )
  }

  return (key: string): Promise<V | undefined> => {
    const known = waiting.get(key)
    if (known) return known.promise
    if (waiting.size === 0) setImmediate(send)
    const loading = withResolvers<V | undefined>()
    waiting.set(key, loading)
    return loading.promise
  }
}

interface PromiseWithResolvers<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
