import { Activity, Code, Inbox, Send, Settings, SlidersHorizontal, Waypoints } from '@lucide/vue'
import type { Component } from 'vue'

interface PageEntry {
  path: string
  /** Used in the document title, the page header, the navigation, the palette and the key sheet. */
  title: string
  /** Visible without a session. */
  isPublic?: boolean
  /** The page is in the main navigation. `key` opens it after `g`. */
  navigation?: { icon: Component; key: string }
  /** The page belongs to one webhook and is a tab of its header. */
  tab?: { icon: Component }
}

/**
 * All pages by route name, in the order of the navigation. Router, navigation, shortcuts, palette, key sheet and document
 * title read this table; `router.ts` has the component of each page.
 */
export const pages = {
  login: { path: '/login', title: 'Sign in', isPublic: true },
  overview: { path: '/overview', title: 'Overview', navigation: { icon: Activity, key: 'o' } },
  webhooks: { path: '/', title: 'Webhooks', navigation: { icon: Inbox, key: 'w' } },
  deliveries: {
    path: '/deliveries/:deliveryId?',
    title: 'Deliveries',
    navigation: { icon: Send, key: 'd' },
  },
  settings: { path: '/settings', title: 'Settings', navigation: { icon: Settings, key: 's' } },
  inspector: { path: '/webhooks/:webhookId/:requestId?', title: 'Requests', tab: { icon: Inbox } },
  destinations: {
    path: '/webhooks/:webhookId/destinations/:destinationId?',
    title: 'Destinations',
    tab: { icon: Waypoints },
  },
  transformation: {
    path: '/webhooks/:webhookId/transformation',
    title: 'Script',
    tab: { icon: Code },
  },
  'webhook-settings': {
    path: '/webhooks/:webhookId/settings',
    title: 'Settings',
    tab: { icon: SlidersHorizontal },
  },
  missing: { path: '/:rest(.*)*', title: 'Page not found', isPublic: true },
} satisfies Record<string, PageEntry>

export type PageName = keyof typeof pages

const entries = Object.entries(pages as Record<PageName, PageEntry>) as [PageName, PageEntry][]

/** The pages of the main navigation. */
export const mainPages = entries.flatMap(([name, { title, navigation }]) =>
  navigation ? [{ name, title, ...navigation }] : [],
)

/** The tabs of a webhook. */
export const webhookPages = entries.flatMap(([name, { title, tab }]) =>
  tab ? [{ name, title, ...tab }] : [],
)

/** Returns the title of the page with this route name. */
export const titleOf = (name: unknown): string | undefined =>
  (pages as Record<string, PageEntry>)[String(name)]?.title
