/**
 * Entries ordered by due time, earliest first. A binary heap, so that a look-up does not visit entries not yet due.
 */
export function createWakeQueue<T>() {
  const heap: { at: number; value: T }[] = []

  function swap(a: number, b: number) {
    const entry = heap[a]!
    heap[a] = heap[b]!
    heap[b] = entry
  }

  function sink() {
    for (let parent = 0; ;) {
      const left = 2 * parent + 1
      if (left >= heap.length) return
      const right = left + 1
      const child = right < heap.length && heap[right]!.at < heap[left]!.at ? right : left
      if (heap[parent]!.at <= heap[child]!.at) return
      swap(parent, child)
      parent = child
    }
  }

  return {
    get size() {
      return heap.length
    },

    add(at: number, value: T) {
      heap.push({ at, value })
      for (let child = heap.length - 1; child > 0;) {
        const parent = (child - 1) >> 1
        if (heap[parent]!.at <= heap[child]!.at) return
        swap(parent, child)
        child = parent
      }
    },

    first: () => heap[0],

    removeFirst() {
      const last = heap.pop()
      if (heap.length === 0 || !last) return
      heap[0] = last
      sink()
    },
  }
}
