import { useIntervalFn } from '@vueuse/core'
import type { CreateReplayBody } from '@whook/shared'
import { computed, ref, watch } from 'vue'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useReplaysStore } from '../stores/replays.js'
import { useQuery } from './use-query.js'

/** Live messages report created deliveries. Their results are polled at this interval while the dialog is open. */
const pollEveryMs = 2000

/** Counts what a replay would send while `isOpen`, then starts it and follows its progress. */
export function useReplay(isOpen: () => boolean, body: () => CreateReplayBody) {
  const replays = useReplaysStore()
  const deliveries = useDeliveriesStore()
  const startedId = ref<string>()
  const actionError = ref<Error>()
  const count = useQuery({
    key: () => (isOpen() ? JSON.stringify(body()) : undefined),
    fetch: () => replays.count(body()),
  })
  const replay = computed(() => (startedId.value ? replays.byId.get(startedId.value) : undefined))

  async function run(act: () => Promise<unknown>) {
    actionError.value = undefined
    try {
      await act()
    } catch (problem) {
      actionError.value = problem as Error
    }
  }
  watch(isOpen, () => (startedId.value = actionError.value = undefined))

  async function poll() {
    if (isOpen() && startedId.value) await replays.fetch(startedId.value)
  }
  watch(
    () => deliveries.gaps,
    () => run(poll),
  )
  // The connection banner reports a lost connection.
  useIntervalFn(() => void poll().catch(() => {}), pollEveryMs)

  return {
    count: count.data,
    replay,
    error: computed(() => actionError.value ?? count.error.value),
    start: () => run(async () => (startedId.value = (await replays.create(body())).id)),
    cancel: () => run(() => replays.cancel(startedId.value!)),
  }
}
