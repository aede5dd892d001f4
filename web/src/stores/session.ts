import type { Me } from '@whook/shared'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiProblem, setCsrfToken, whenSessionExpires } from '../api/client.js'
import { api } from '../api/routes.js'

/** Who is signed in. An expired session leaves the page as it is and asks to sign in again on top of it. */
export const useSessionStore = defineStore('session', () => {
  const me = ref<Me>()
  const state = ref<'unknown' | 'signed-in' | 'signed-out' | 'unreachable'>('unknown')
  const expired = ref(false)

  whenSessionExpires(() => {
    if (state.value === 'signed-in') expired.value = true
  })

  async function load() {
    try {
      // Asked first, because a refusal would be written to the console of everybody who is not signed in.
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
    load,
    /** Does the session still hold? Asked where a refusal has no words, as that of the live connection. */
    async confirm() {
      if (state.value !== 'signed-in' || expired.value) return
      try {
        expired.value = !(await api.signInOptions()).signedIn
      } catch {
        // Nobody answers: nothing is known, and the banner says so.
      }
    },
    async signIn(token: string) {
      await api.signInLocally(token)
      await load()
    },
    async signOut() {
      await api.signOut()
      forget()
    },
    async signOutEverywhere() {
      await api.endSessions()
      forget()
    },
  }
})
