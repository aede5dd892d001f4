import { ref, shallowRef, watch } from 'vue'

/** What a page fetches: loaded when its key changes, an older answer never covers a newer one. */
export function useResource<K, T>(key: () => K, fetch: (key: K) => Promise<T>) {
  const data = shallowRef<T>()
  const error = ref<Error>()
  const loading = ref(false)
  let generation = 0

  async function load() {
    const mine = ++generation
    loading.value = true
    try {
      const found = await fetch(key())
      if (mine !== generation) return
      data.value = found
      error.value = undefined
    } catch (problem) {
      if (mine === generation) error.value = problem as Error
    } finally {
      if (mine === generation) loading.value = false
    }
  }
  watch(
    key,
    () => {
      error.value = undefined
      return load()
    },
    { immediate: true },
  )
  return { data, error, loading, reload: load }
}
