import type { TestTransformationResult, WebhookRequest } from '@whook/shared'
import { ref, shallowRef, watch, type Ref } from 'vue'
import { api } from '../api/routes.js'
import { prettyJson } from '../components/transformation/pretty-json.js'
import { useStoredRequest } from '../data/use-request.js'

/** Runs an unsaved script on a stored request or on a typed body. */
export function useTestRun(webhookId: () => string, requestId: Ref<string>) {
  const input = ref('{\n  "hello": "world"\n}')
  const result = shallowRef<TestTransformationResult>()
  const isRunning = ref(false)
  const error = ref<string>()
  const request = useStoredRequest(() => requestId.value || undefined)

  watch(requestId, () => {
    result.value = undefined
    error.value = undefined
  })
  watch(request.data, (loaded) => {
    if (loaded) input.value = prettyJson(textOf(loaded))
  })
  watch(request.error, (problem) => (error.value = problem?.message))

  async function run(script: string) {
    isRunning.value = true
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
      isRunning.value = false
    }
  }
  return { input, result, isRunning, error, run }
}

const textOf = ({ body, decoded }: WebhookRequest) =>
  decoded?.text ?? body.text ?? `(${body.size} bytes of binary data)`
