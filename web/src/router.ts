import { createRouter, createWebHistory, type RouteComponent, type RouteRecordRaw } from 'vue-router'
import { mayLeave } from './composables/use-unsaved.js'
import { pages, type PageName } from './pages.js'

/** Each page is loaded when it is opened. */
const components: Record<PageName, () => Promise<RouteComponent>> = {
  login: () => import('./pages/LoginPage.vue'),
  overview: () => import('./pages/OverviewPage.vue'),
  webhooks: () => import('./pages/WebhooksPage.vue'),
  deliveries: () => import('./pages/DeliveriesPage.vue'),
  settings: () => import('./pages/SettingsPage.vue'),
  inspector: () => import('./pages/InspectorPage.vue'),
  destinations: () => import('./pages/DestinationsPage.vue'),
  transformation: () => import('./pages/TransformationPage.vue'),
  'webhook-settings': () => import('./pages/WebhookSettingsPage.vue'),
  missing: () => import('./pages/MissingPage.vue'),
}

/** The pages, by name. The selection and the filters of a page are stored in the URL. */
export const routes: RouteRecordRaw[] = [
  ...(Object.keys(components) as PageName[]).map((name) => {
    const isPublic = 'isPublic' in pages[name]
    return {
      path: pages[name].path,
      name,
      component: components[name],
      props: !isPublic,
      meta: { public: isPublic },
    }
  }),
  // Users who shorten the URL of a webhook's page arrive here.
  { path: '/webhooks', redirect: '/' },
  // Component gallery for development. The production build removes this branch.
  ...(import.meta.env.DEV
    ? [{ path: '/kit', name: 'kit', component: () => import('./kit/KitPage.vue'), meta: { public: true } }]
    : []),
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach((to, from) => to.path === from.path || mayLeave())
