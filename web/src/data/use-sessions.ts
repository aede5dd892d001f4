import { api } from '../api/routes.js'
import { useList } from './use-list.js'

/** Returns the sign-in sessions of the user. */
export function useSessions() {
  const { items, state, error, reload } = useList({ key: () => 'sessions', fetchPage: api.sessions })
  return {
    items,
    state,
    error,
    reload,
    async end(id: string) {
      await api.endSession(id)
      await reload()
    },
  }
}
