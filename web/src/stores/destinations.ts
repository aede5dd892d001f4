import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api } from '../api/routes.js'

/** Changes of destinations. The list of a webhook is in `data/use-destinations.ts`. */
export const useDestinationsStore = defineStore('destinations', () => {
  /** Number of changes per webhook that live messages reported. Components that show destinations fetch again. */
  const changes = ref<Record<string, number>>({})

  return {
    changes,
    create: api.createDestination,
    update: api.updateDestination,
    /** Returns the new signing secret. */
    rotateSecret: async (id: string) => (await api.rotateSecret(id)).secret,
    sendTest: api.testDestination,
    /** Closes the circuit for one delivery, which is sent now. */
    tryNow: api.tryDestination,
    /** Runs a filter on recent requests of the webhook. */
    testFilter: api.testFilter,
    applyChange(webhookId: string) {
      changes.value = { ...changes.value, [webhookId]: (changes.value[webhookId] ?? 0) + 1 }
    },
  }
})
