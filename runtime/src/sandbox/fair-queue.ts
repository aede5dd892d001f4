/** Queues items first in, first out per tenant, with round robin over tenants: many jobs of one do not delay others. */
export function createFairQueue<T>() {
  const lanes = new Map<string, T[]>()
  let size = 0
  return {
    get size() {
      return size
    },
    push(tenant: string, item: T) {
      const lane = lanes.get(tenant)
      if (lane) lane.push(item)
      else lanes.set(tenant, [item])
      size++
    },
    shift(): T | undefined {
      const [first] = lanes
      if (!first) return undefined
      const [tenant, lane] = first
      const item = lane.shift()
      lanes.delete(tenant)
      if (lane.length > 0) lanes.set(tenant, lane)
      size--
      return item
    },
  }
}
