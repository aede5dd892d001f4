import type { Replay } from '@whook/shared'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** Bulk replays, as received in live messages. */
export const useReplaysStore = defineStore('replays', () => {
  const byId = shallowRef(new Map<string, Replay>())
  return {
    byId,
    put(replay: Replay) {
      byId.value = new Map(byId.value).set(replay.id, replay)
    },
  }
})
