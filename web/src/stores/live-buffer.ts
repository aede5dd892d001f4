import type { LiveDelivery, RequestSummary } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useRequestFeedStore, type RequestFilters } from './request-feed.js'
import { withDelivery } from './request-rows.js'

/** Maximum number of rows that wait for the next frame. */
const incomingMax = 500
/** New rows flash only after this pause. In a stream the list would flash and repaint in every frame. */
const calmMs = 250
/** After an update the list waits this long per new row, at most `restMaxMs`. Single rows are shown immediately. */
const restPerRowMs = 20
const restMaxMs = 100

/**
 * Requests that live messages report. They are added to the feed at most once per frame. While `following` is false the
 * visible list does not change, and `unseen` counts the new rows.
 */
export const useLiveBufferStore = defineStore('live-buffer', () => {
  const feed = useRequestFeedStore()
  const following = ref(true)
  /** The newest row when the list was paused. Ids increase with time: rows with a larger id are unseen. */
  const lastSeenId = ref('')
  const arrived = ref(new Set<string>())
  let incoming: RequestSummary[] = []
  let frame = 0
  let rest: ReturnType<typeof setTimeout> | undefined
  let flushedAt = 0
  let restsUntil = 0

  const seenCount = computed(() => feed.rows.findLastIndex(({ id }) => id <= lastSeenId.value) + 1)
  const visible = computed(() => (following.value ? feed.rows : feed.rows.slice(0, seenCount.value)))
  const unseen = computed(() => (following.value ? 0 : feed.rows.length - seenCount.value))

  watch(
    () => feed.openings,
    () => {
      following.value = true
      incoming = []
    },
    // Rows of the previous list must not be added to the new one.
    { flush: 'sync' },
  )

  function flushSoon() {
    if (frame || rest) return
    const restMs = restsUntil - performance.now()
    if (restMs <= 0) frame = requestAnimationFrame(flush)
    else
      rest = setTimeout(() => {
        rest = undefined
        frame = requestAnimationFrame(flush)
      }, restMs)
  }

  function flush() {
    cancelAnimationFrame(frame)
    frame = 0
    clearTimeout(rest)
    rest = undefined
    const fresh = incoming.filter(({ id }) => !feed.has(id))
    incoming = []
    const isCalm = performance.now() - flushedAt > calmMs
    flushedAt = performance.now()
    restsUntil = flushedAt + Math.min(restMaxMs, restPerRowMs * fresh.length)
    arrived.value = new Set(isCalm ? fresh.map(({ id }) => id) : [])
    if (fresh.length > 0) feed.add(fresh)
  }

  return {
    following,
    visible,
    unseen,
    arrived,
    add(request: RequestSummary) {
      if (request.webhookId !== feed.webhookId) return
      void feed.renewBookmark()
      const match = matches(request, feed.filters)
      if (match === 'unknown') return feed.refillSoon()
      if (match === 'no') return
      incoming.push(request)
      // A background tab does not paint frames.
      if (incoming.length >= incomingMax) flush()
      else flushSoon()
    },
    /** The delivery may end before its row is shown. */
    applyDelivery(delivery: LiveDelivery) {
      const index = incoming.findLastIndex(({ id }) => id === delivery.requestId)
      if (index >= 0) incoming[index] = withDelivery(incoming[index]!, delivery)
    },
    follow() {
      following.value = true
    },
    pause() {
      if (!following.value) return
      lastSeenId.value = feed.rows.at(-1)?.id ?? ''
      following.value = false
    },
  }
})

/** Matches a live request against the filters. 'unknown': only the server can match text, status and times. */
function matches(
  request: RequestSummary,
  { q, method, status, verification, after, before }: RequestFilters,
): 'yes' | 'no' | 'unknown' {
  if (verification && request.verification !== verification) return 'no'
  if (before && Date.parse(request.receivedAt) > Date.parse(before)) return 'no'
  if (method && !method.toUpperCase().split(',').includes(request.method)) return 'no'
  return q || status || after || before ? 'unknown' : 'yes'
}
