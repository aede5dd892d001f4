import { ref, shallowRef, watch } from 'vue'
import { createGenerations } from './latest.js'

/**
 * State of a query or list. `idle`: nothing is fetched yet. `loading`: the first answer for the key has not arrived.
 * `error`: the fetch failed, without data to show. `done`: there is data. Its `error` is set when a later reload failed: the
 * data may be out of date.
 */
export type LoadState = 'idle' | 'loading' | 'done' | 'error'

interface QuerySource<K, T> {
  /** The data is fetched again when this changes. Undefined: nothing is fetched, and the state is `idle`. */
  key: () => K | undefined
  fetch: (key: K) => Promise<T>
  /** Shows the data of the previous key until the data of the next one is loaded. */
  keepPrevious?: boolean
}

/** Fetches one value for a key. An answer to an earlier key or call never replaces a newer one. */
export function useQuery<K extends string | number, T>({
  key,
  fetch,
  keepPrevious = false,
}: QuerySource<K, T>) {
  const data = shallowRef<T>()
  const error = shallowRef<Error>()
  const state = ref<LoadState>('idle')
  const isFetching = ref(false)
  const generations = createGenerations()

  /** Fetches again. Data or error remain until the answer arrives. */
  async function reload(): Promise<void> {
    const isCurrent = generations.next()
    const wanted = key()
    isFetching.value = wanted !== undefined
    if (wanted === undefined) return
    try {
      const found = await fetch(wanted)
      if (!isCurrent()) return
      data.value = found
      error.value = undefined
      state.value = 'done'
    } catch (problem) {
      if (!isCurrent()) return
      error.value = problem as Error
      if (data.value === undefined) state.value = 'error'
    } finally {
      if (isCurrent()) isFetching.value = false
    }
  }

  watch(
    key,
    (wanted) => {
      error.value = undefined
      if (wanted === undefined || !keepPrevious) data.value = undefined
      if (wanted === undefined) state.value = 'idle'
      else if (data.value === undefined) state.value = 'loading'
      return reload()
    },
    { immediate: true },
  )
  return { data, error, state, isFetching, reload }
}
