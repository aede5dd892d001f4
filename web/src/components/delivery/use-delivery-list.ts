import type { Delivery, LiveDelivery } from '@whook/shared'
import { computed, ref, shallowRef, watch } from 'vue'
import { api } from '../../api/routes.js'
import { useDeliveriesStore } from '../../stores/deliveries.js'
import { useToastsStore } from '../../stores/toasts.js'

export const deliveryFilterNames = ['status', 'webhookId', 'destinationId', 'statusCode'] as const
export type DeliveryFilters = Partial<Record<(typeof deliveryFilterNames)[number], string>>

/** Deliveries that match a filter, newest first, with what live messages tell of them; new ones are counted, never pushed in. */
export function useDeliveryList(filters: () => DeliveryFilters) {
  const moves = useDeliveriesStore()
  const toasts = useToastsStore()
  const items = shallowRef<Delivery[]>([])
  const cursor = ref<string | null>(null)
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<Error>()
  let generation = 0

  async function load() {
    const mine = ++generation
    state.value = 'loading'
    try {
      const page = await api.deliveries({ limit: 100, ...filters() })
      if (mine !== generation) return
      items.value = page.items
      cursor.value = page.nextCursor
      state.value = 'ready'
    } catch (problem) {
      if (mine !== generation) return
      error.value = problem as Error
      state.value = 'failed'
    }
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

  /** The newest page again, in place: older rows stay where the reader left them. */
  async function refresh() {
    if (state.value !== 'ready') return load()
    const mine = generation
    try {
      const page = await api.deliveries({ limit: 100, ...filters() })
      if (mine !== generation) return
      const oldest = page.nextCursor === null ? '' : page.items.at(-1)!.id
      const older = items.value.filter(({ id }) => id < oldest)
      items.value = [...page.items, ...older]
      if (older.length === 0) cursor.value = page.nextCursor
    } catch (problem) {
      toasts.fail(problem)
    }
  }

  const shown = computed(() =>
    items.value.map((delivery) => ({ ...delivery, ...moves.moved.get(delivery.id) })),
  )
  const unseen = computed(() => {
    if (state.value !== 'ready') return 0
    const newest = items.value[0]?.id ?? ''
    return [...moves.moved.values()].filter((move) => move.id > newest && matches(move, filters())).length
  })

  watch(() => JSON.stringify(filters()), load, { immediate: true })
  watch(() => moves.missed, refresh)
  return { shown, unseen, cursor, state, error, load, loadOlder, refresh }
}

function matches(move: LiveDelivery, { status, webhookId, destinationId, statusCode }: DeliveryFilters) {
  if (status && !status.split(',').includes(move.status)) return false
  if (webhookId && move.webhookId !== webhookId) return false
  if (destinationId && move.destinationId !== destinationId) return false
  return !statusCode || move.lastStatusCode === Number(statusCode)
}
