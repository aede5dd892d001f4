import type { Delivery, LiveDelivery, Page } from '@whook/shared'
import { computed, shallowRef, watch } from 'vue'
import { api } from '../api/routes.js'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useToastsStore } from '../stores/toasts.js'
import { useList } from './use-list.js'

export const deliveryFilterNames = ['status', 'webhookId', 'destinationId', 'statusCode'] as const
/** The filters, as in the URL of the page. */
export type DeliveryFilters = Partial<Record<(typeof deliveryFilterNames)[number], string>>

/**
 * Returns the deliveries that match a filter, newest first. Live messages update the rows. New deliveries are only counted,
 * so that the list does not move while the user reads.
 */
export function useDeliveryList(filters: () => DeliveryFilters) {
  const live = useDeliveriesStore()
  const toasts = useToastsStore()
  /** The last row of the newest page. A refresh covers all rows down to it; without one, all rows. */
  const lastOfNewest = shallowRef<Delivery>()

  const fetchPage = (cursor?: string) => {
    const { statusCode, ...rest } = filters()
    return api.deliveries({
      limit: 100,
      ...rest,
      cursor,
      statusCode: statusCode === undefined ? undefined : Number(statusCode),
    })
  }
  const list = useList<Page<Delivery>>({
    key: () => JSON.stringify(filters()),
    fetchPage,
    onPage: (page, isFirst) => isFirst && (lastOfNewest.value = lastRow(page)),
  })
  const { loaded, nextCursor, state, error, load } = list

  async function loadOlder() {
    await list.loadMore()
    if (error.value) toasts.fail(error.value)
  }

  /** Fetches the newest page again and keeps the older rows. */
  async function refresh() {
    if (state.value !== 'done') return load()
    const isCurrent = list.current()
    try {
      const page = await fetchPage()
      if (!isCurrent()) return
      const last = lastRow(page)
      const newest = loaded.value[0]
      // There is a gap between this page and the rows, or all rows fit this page.
      if (!last || !newest || isNewer(last, newest)) return list.replace([page])
      const fresh = new Set(page.items.map(({ id }) => id))
      const older = loaded.value.filter((row) => !fresh.has(row.id) && isNewer(last, row))
      loaded.value = [...page.items, ...older]
      lastOfNewest.value = last
      if (older.length === 0) nextCursor.value = page.nextCursor
    } catch (problem) {
      toasts.fail(problem)
    }
  }

  const shown = computed(() =>
    loaded.value.map((delivery) => ({ ...delivery, ...live.changed.get(delivery.id) })),
  )
  const known = computed(() => new Set(loaded.value.map(({ id }) => id)))
  /** Number of rows that a refresh would add. */
  const unseen = computed(() => {
    if (state.value !== 'done') return 0
    const wanted = filters()
    const isNew = (delivery: LiveDelivery) =>
      !known.value.has(delivery.id) &&
      (!lastOfNewest.value || isNewer(delivery, lastOfNewest.value)) &&
      matches(delivery, wanted)
    return [...live.changed.values()].filter(isNew).length
  })

  watch(() => live.gaps, refresh)
  return { shown, unseen, nextCursor, state, error, load, loadOlder, refresh }
}

/** Returns the last row of the newest page, or undefined without older rows. */
const lastRow = ({ items, nextCursor }: Page<Delivery>) => (nextCursor === null ? undefined : items.at(-1))

/** Sorts like the server. The id is not enough: it has the time of the request, and a replay can be much later. */
const isNewer = (a: Pick<Delivery, 'createdAt' | 'id'>, b: Pick<Delivery, 'createdAt' | 'id'>) =>
  a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt

function matches(
  delivery: LiveDelivery,
  { status, webhookId, destinationId, statusCode }: DeliveryFilters,
): boolean {
  if (status && !status.split(',').includes(delivery.status)) return false
  if (webhookId && delivery.webhookId !== webhookId) return false
  if (destinationId && delivery.destinationId !== destinationId) return false
  return !statusCode || delivery.lastStatusCode === Number(statusCode)
}
