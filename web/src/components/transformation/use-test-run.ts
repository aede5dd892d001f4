import type { TestTransformationResult } from '@whook/shared'
import { ref, shallowRef, watch, type Ref } from 'vue'
import { api } from '../../api/routes.js'
import { prettyJson } from './pretty-json.js'

/** Runs an unsaved script on a stored request or on a typed body. */
export function useTestRun(webhookId: () => string, requestId: Ref<string>) {
  const input = ref('{\n  "hello": "world"\n}')
  const result = shallowRef<TestTransformationResult>()
  const running = ref(false)
  const error = ref<string>()

  watch(requestId, async (id) => {
    result.value = undefined
    error.value = undefined
    if (!id) return
    try {
      const { body, decoded } = await api.request(id)
      const text = decoded?.text ?? body.text ?? `(${body.size} bytes of binary data)`
      if (requestId.value === id) input.value = prettyJson(text)
    } catch (problem) {
      error.value = (problem as Error).message
    }
  })

  async function run(script: string) {
    running.value = true
    error.value = undefined
    try {
      const source = requestId.value
        ? { requestId: requestId.value }
        : { body: JSON.parse(input.value) as unknown }
      result.value = await api.testTransformation(webhookId(), { script, ...source })
    } catch (problem) {
      result.value = undefined
      error.value =
        problem instanceof SyntaxError
          ? `The input is not JSON: ${problem.message}`
          : (problem as Error).message
    } finally {
      running.value = false
    }
  }
  return { input, result, running, error, run }
}
