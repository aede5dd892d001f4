import { ref, shallowRef, watch } from 'vue'

/** Fetches data, and again when the key changes. A late response never replaces that of a newer fetch. */
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
