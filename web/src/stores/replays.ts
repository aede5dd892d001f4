import type { Replay } from '@whook/shared'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { api } from '../api/routes.js'

/** Bulk replays. Live messages and fetches update them. */
export const useReplaysStore = defineStore('replays', () => {
  const byId = shallowRef(new Map<string, Replay>())

  function put(replay: Replay): Replay {
    byId.value = new Map(byId.value).set(replay.id, replay)
    return replay
  }
  return {
    byId,
    put,
    /** Returns how much a replay would send. */
    count: api.countReplay,
    async create(...body: Parameters<typeof api.startReplay>) {
      const replay = await api.startReplay(...body)
      // A live message with a later state can arrive before the answer.
      return byId.value.get(replay.id) ?? put(replay)
    },
    fetch: async (id: string) => put(await api.replay(id)),
    cancel: async (id: string) => put(await api.cancelReplay(id)),
  }
})
