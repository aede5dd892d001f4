import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

interface Preferences {
  theme: 'light' | 'dark' | 'system'
  singleKeys: boolean
  utc: boolean
}

export const usePreferencesStore = defineStore('preferences', () => {
  const stored = useLocalStorage<Preferences>(
    'whook.preferences',
    { theme: 'system', singleKeys: true, utc: false },
    { mergeDefaults: true },
  )
  const system = matchMedia('(prefers-color-scheme: dark)')
  const dark = ref(false)
  const apply = () => {
    dark.value = stored.value.theme === 'dark' || (stored.value.theme === 'system' && system.matches)
    document.documentElement.dataset['theme'] = dark.value ? 'dark' : 'light'
  }
  system.addEventListener('change', apply)
  watch(stored, apply, { deep: true, immediate: true })

  const field = <K extends keyof Preferences>(name: K) =>
    computed({ get: () => stored.value[name], set: (value: Preferences[K]) => (stored.value[name] = value) })
  return { dark, theme: field('theme'), singleKeys: field('singleKeys'), utc: field('utc') }
})
