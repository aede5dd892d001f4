import { Inbox, Keyboard, LogOut, Moon, Pause, Play, Sun } from '@lucide/vue'
import type { Webhook } from '@whook/shared'
import { computed, type Component } from 'vue'
import { useRoute, useRouter, type RouteLocationRaw } from 'vue-router'
import { mainPages, webhookPages } from '../../pages.js'
import { usePreferencesStore } from '../../stores/preferences.js'
import { useSessionStore } from '../../stores/session.js'
import { useWebhooksStore } from '../../stores/webhooks.js'

export interface Command {
  group: 'This webhook' | 'Go to' | 'Webhooks' | 'Actions'
  label: string
  icon: Component
  keys?: string[]
  run: () => void
}

/** Returns the entries of the palette: pages of the open webhook, all pages, all webhooks, and actions. */
export function useCommands(showKeys: () => void) {
  const route = useRoute()
  const router = useRouter()
  const webhooks = useWebhooksStore()
  const preferences = usePreferencesStore()
  const session = useSessionStore()
  const go = (to: RouteLocationRaw) => () => void router.push(to)

  async function signOut() {
    await session.signOut()
    await router.push({ name: 'login' })
  }
  const goTo = mainPages.map(({ name, title, icon, key }): Command => ({
    group: 'Go to',
    label: title,
    icon,
    keys: ['G', key.toUpperCase()],
    run: go({ name }),
  }))
  const actions: Command[] = [
    { group: 'Actions', label: 'Use the light theme', icon: Sun, run: () => (preferences.theme = 'light') },
    { group: 'Actions', label: 'Use the dark theme', icon: Moon, run: () => (preferences.theme = 'dark') },
    { group: 'Actions', label: 'Keyboard shortcuts', icon: Keyboard, keys: ['?'], run: showKeys },
    { group: 'Actions', label: 'Sign out', icon: LogOut, run: () => void signOut() },
  ]

  const pauseOf = ({ id, status }: Webhook): Command => ({
    group: 'This webhook',
    label: status === 'active' ? 'Pause deliveries' : 'Resume deliveries',
    icon: status === 'active' ? Pause : Play,
    run: () => void webhooks.toggle(id),
  })

  return computed<Command[]>(() => {
    const { webhookId } = route.params
    const here = (webhookId ? webhookPages : []).map(({ name, title, icon }): Command => ({
      group: 'This webhook',
      label: title,
      icon,
      run: go({ name, params: { webhookId } }),
    }))
    const webhook = webhooks.byId.get(String(webhookId))
    if (webhook) here.push(pauseOf(webhook))
    const all = webhooks.list.map(({ id, name }): Command => ({
      group: 'Webhooks',
      label: name,
      icon: Inbox,
      run: go({ name: 'inspector', params: { webhookId: id } }),
    }))
    return [...here, ...goTo, ...all, ...actions]
  })
}
