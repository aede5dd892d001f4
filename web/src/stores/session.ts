import type { Me } from '@whook/shared'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { setCsrfToken, whenSessionExpires } from '../api/client.js'
import { api } from '../api/routes.js'
import { ApiProblem } from '../problems.js'

/** The signed-in user. When the session expires, the page stays as it is under a sign-in dialog. */
export const useSessionStore = defineStore('session', () => {
  const me = ref<Me>()
  const state = ref<'unknown' | 'signed-in' | 'signed-out' | 'unreachable'>('unknown')
  const expired = ref(false)

  whenSessionExpires(() => {
    if (state.value === 'signed-in') expired.value = true
  })

  async function fetch() {
    try {
      // Checked first: for a signed-out user, the browser would log the 401 of /me as an error in the console.
      if (state.value !== 'signed-in' && !(await api.signInOptions()).signedIn)
        return void (state.value = 'signed-out')
      me.value = await api.me()
      setCsrfToken(me.value.csrfToken)
      state.value = 'signed-in'
      expired.value = false
    } catch (problem) {
      if (state.value === 'signed-in') return
      state.value = problem instanceof ApiProblem && problem.status === 401 ? 'signed-out' : 'unreachable'
    }
  }

  function forget() {
    me.value = undefined
    setCsrfToken(null)
    expired.value = false
    state.value = 'signed-out'
  }

  return {
    me,
    state,
    expired,
    fetch,
    /** Checks whether the session is valid, after a failure without a reason, such as a refused WebSocket. */
    async confirm() {
      if (state.value !== 'signed-in' || expired.value) return
      try {
        expired.value = !(await api.signInOptions()).signedIn
      } catch {
        // The server is unreachable and the session state is unknown. The banner shows it.
      }
    },
    async signIn(token: string) {
      await api.signInLocally(token)
      await fetch()
    },
    async signOut() {
      await api.signOut()
      forget()
    },
    async signOutEverywhere() {
      await api.endSessions()
      forget()
    },
    /** Deletes the account of the user with all its data. */
    removeAccount: () => api.deleteMe(me.value!.user.id),
  }
})
