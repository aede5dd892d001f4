import { api } from '../api/routes.js'
import { useList } from './use-list.js'

/** Returns the API keys of the user. */
export function useApiKeys() {
  const { items, state, error, reload } = useList({ key: () => 'api-keys', fetchPage: api.apiKeys })
  return {
    items,
    state,
    error,
    reload,
    /** Returns the key with its secret, which the server returns only once. */
    async create(...body: Parameters<typeof api.createApiKey>) {
      const created = await api.createApiKey(...body)
      // The caller shows the secret immediately.
      void reload()
      return created
    },
    async revoke(id: string) {
      await api.revokeApiKey(id)
      await reload()
    },
  }
}
