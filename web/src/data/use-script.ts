import { api } from '../api/routes.js'
import { useList } from './use-list.js'
import { useQuery } from './use-query.js'

/** Number of recent requests that can be the input of a test run. */
const recentCount = 30

/** Returns the script of a webhook. */
export function useScript(webhookId: () => string) {
  const { data, state, error, reload } = useQuery({ key: webhookId, fetch: api.transformation })
  return {
    transformation: data,
    state,
    error,
    reload,
    /** Saves a new version. Null turns the script off. */
    async save(script: string | null) {
      data.value = await api.saveTransformation(webhookId(), script)
    },
  }
}

/** Returns the newest requests of a webhook. */
export const useRecentRequests = (webhookId: () => string) =>
  useList({ key: webhookId, fetchPage: () => api.requests(webhookId(), { limit: recentCount }) })

/** Returns the versions of a webhook's script, newest first. `webhookId` is undefined until they are wanted. */
export const useScriptVersions = (webhookId: () => string | undefined) =>
  useQuery({ key: webhookId, fetch: async (id) => (await api.transformationVersions(id)).items })
