import { ref } from 'vue'
import { ApiProblem } from '../problems.js'
import { useToastsStore } from '../stores/toasts.js'

/** Saves a form. Returns `busy`, the field errors by JSON pointer, and the error message of the whole form. */
export function useSave() {
  const toasts = useToastsStore()
  const busy = ref(false)
  const error = ref<string>()
  const fields = ref<Record<string, string>>({})

  async function save(act: () => Promise<unknown>, done?: string): Promise<boolean> {
    busy.value = true
    error.value = undefined
    fields.value = {}
    try {
      await act()
      if (done) toasts.show(done)
      return true
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.errors.length > 0) {
        fields.value = Object.fromEntries(problem.errors.map(({ path, message }) => [path, message]))
      }
      error.value = (problem as Error).message
      return false
    } finally {
      busy.value = false
    }
  }
  /** Returns the error of a field. If the field is a list, the error of its first invalid item (`path/index`). */
  const errorIn = (path: string) =>
    fields.value[path] ??
    Object.entries(fields.value).find(([pointer]) => pointer.startsWith(`${path}/`))?.[1]
  return { busy, error, fields, errorIn, save }
}
