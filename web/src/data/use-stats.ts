import { useIntervalFn } from '@vueuse/core'
import { api } from '../api/routes.js'
import { useQuery } from './use-query.js'

const pollEveryMs = 10_000

/** Returns the statistics of all webhooks for a range, updated every 10 seconds. */
export function useStats(range: () => NonNullable<Parameters<typeof api.stats>[0]>) {
  const stats = useQuery({ key: range, fetch: api.stats, keepPrevious: true })
  useIntervalFn(() => void stats.reload(), pollEveryMs)
  return stats
}
