/**
 * Queues items first in, first out per owner, with round robin over the owners: many items of one owner do not delay
 * the others.
 */
export function createFairQueue<T>() {
  /** Only owners with items, least recently served first. */
  const itemsOf = new Map<string, T[]>()
  let size = 0

  /** Removes and returns the owner's first item, and moves the owner to the end. */
  function take(owner: string): T | undefined {
    const items = itemsOf.get(owner)
    if (!items) return undefined
    const item = items.shift()
    itemsOf.delete(owner)
    if (items.length > 0) itemsOf.set(owner, items)
    size--
    return item
  }

  return {
    get size() {
      return size
    },
    push(owner: string, item: T) {
      const items = itemsOf.get(owner)
      if (items) items.push(item)
      else itemsOf.set(owner, [item])
      size++
    },
    /** Returns the owner's first item without removing it. */
    first: (owner: string): T | undefined => itemsOf.get(owner)?.[0],
    take,
    /** Removes and returns the first item of the owner that waits longest for its turn. */
    shift(): T | undefined {
      const [first] = itemsOf.keys()
      return first === undefined ? undefined : take(first)
    },
    /** Removes an item before its turn. */
    remove(owner: string, item: T) {
      const items = itemsOf.get(owner)
      const index = items?.indexOf(item) ?? -1
      if (index < 0) return
      items!.splice(index, 1)
      if (items!.length === 0) itemsOf.delete(owner)
      size--
    },
    /** Yields the owners with items, least recently served first. */
    owners: () => itemsOf.keys(),
    /** Returns the number of items of one owner. */
    lengthOf: (owner: string): number => itemsOf.get(owner)?.length ?? 0,
  }
}
