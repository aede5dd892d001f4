import type { Delivery, LiveDelivery, Page } from '@whook/shared'
import { computed, ref, shallowRef, watch } from 'vue'
import { api } from '../../api/routes.js'
import { useDeliveriesStore } from '../../stores/deliveries.js'
import { useToastsStore } from '../../stores/toasts.js'

export const deliveryFilterNames = ['status', 'webhookId', 'destinationId', 'statusCode'] as const
export type DeliveryFilters = Partial<Record<(typeof deliveryFilterNames)[number], string>>

/**
 * Returns the deliveries that match a filter, newest first. Live messages update the rows. New deliveries are only counted,
 * so that the list does not move while the user reads.
 */
export function useDeliveryList(filters: () => DeliveryFilters) {
  const moves = useDeliveriesStore()
  const toasts = useToastsStore()
  const items = shallowRef<Delivery[]>([])
  const cursor = ref<string | null>(null)
  /** The last row of the newest page. A refresh covers all rows down to it; without one, all rows. */
  const reach = shallowRef<Delivery>()
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<Error>()
  let generation = 0

  async function load() {
    const mine = ++generation
    state.value = 'loading'
    try {
      const page = await api.deliveries({ limit: 100, ...filters() })
      if (mine !== generation) return
      begin(page)
      state.value = 'ready'
    } catch (problem) {
      if (mine !== generation) return
      error.value = problem as Error
      state.value = 'failed'
    }
  }

  function begin(page: Page<Delivery>) {
    items.value = page.items
    cursor.value = page.nextCursor
    reach.value = reachOf(page)
  }

  async function loadOlder() {
    const mine = generation
    try {
      const page = await api.deliveries({ limit: 100, ...filters(), cursor: cursor.value ?? undefined })
      if (mine !== generation) return
      items.value = [...items.value, ...page.items]
      cursor.value = page.nextCursor
    } catch (problem) {
      toasts.fail(problem)
    }
  }

  /** Fetches the newest page again and keeps the older rows. */
  async function refresh() {
    if (state.value !== 'ready') return load()
    const mine = generation
    try {
      const page = await api.deliveries({ limit: 100, ...filters() })
      if (mine !== generation) return
      const last = reachOf(page)
      if (!last || !items.value[0] || isNewer(last, items.value[0])) {
        // There is a gap between this page and the rows, or all rows fit this page: drop requests for older rows.
        generation++
        return begin(page)
      }
      const fresh = new Set(page.items.map(({ id }) => id))
      const older = items.value.filter((row) => !fresh.has(row.id) && isNewer(last, row))
      items.value = [...page.items, ...older]
      reach.value = last
      if (older.length === 0) cursor.value = page.nextCursor
    } catch (problem) {
      toasts.fail(problem)
    }
  }

  const shown = computed(() =>
    items.value.map((delivery) => ({ ...delivery, ...moves.moved.get(delivery.id) })),
  )
  const known = computed(() => new Set(items.value.map(({ id }) => id)))
  /** Number of rows that a refresh would add. */
  const unseen = computed(() => {
    if (state.value !== 'ready') return 0
    const wanted = filters()
    const isNew = (move: LiveDelivery) =>
      !known.value.has(move.id) && (!reach.value || isNewer(move, reach.value)) && matches(move, wanted)
    return [...moves.moved.values()].filter(isNew).length
  })

  watch(() => JSON.stringify(filters()), load, { immediate: true })
  watch(() => moves.missed, refresh)
  return { shown, unseen, cursor, state, error, load, loadOlder, refresh }
}

const reachOf = ({ items, nextCursor }: Page<Delivery>) => (nextCursor === null ? undefined : items.at(-1))

/** Sorts like the server. The id is not enough: it has the time of the request, and a replay can be much later. */
const isNewer = (a: Pick<Delivery, 'createdAt' | 'id'>, b: Pick<Delivery, 'createdAt' | 'id'>) =>
  a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt

function matches(move: LiveDelivery, { status, webhookId, destinationId, statusCode }: DeliveryFilters) {
  if (status && !status.split(',').includes(move.status)) return false
  if (webhookId && move.webhookId !== webhookId) return false
  if (destinationId && move.destinationId !== destinationId) return false
  return !statusCode || move.lastStatusCode === Number(statusCode)
}
