import { createRouter, createWebHistory } from 'vue-router'
import { mayLeave } from './composables/use-unsaved.js'

/** Every page, by name. Whatever selects or filters lives in the URL. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    {
      path: '/login',
      name: 'login',
      component: () => import('./pages/LoginPage.vue'),
      meta: { public: true },
    },
    { path: '/', name: 'webhooks', component: () => import('./pages/WebhooksPage.vue') },
    // What other addresses begin with.
    { path: '/webhooks', redirect: '/' },
    {
      path: '/webhooks/:webhookId/settings',
      name: 'webhook-settings',
      component: () => import('./pages/WebhookSettingsPage.vue'),
      props: true,
    },
    {
      path: '/webhooks/:webhookId/destinations/:destinationId?',
      name: 'destinations',
      component: () => import('./pages/DestinationsPage.vue'),
      props: true,
    },
    {
      path: '/webhooks/:webhookId/transformation',
      name: 'transformation',
      component: () => import('./pages/TransformationPage.vue'),
      props: true,
    },
    {
      path: '/webhooks/:webhookId/:requestId?',
      name: 'inspector',
      component: () => import('./pages/InspectorPage.vue'),
      props: true,
    },
    {
      path: '/deliveries/:deliveryId?',
      name: 'deliveries',
      component: () => import('./pages/DeliveriesPage.vue'),
      props: true,
    },
    { path: '/overview', name: 'overview', component: () => import('./pages/OverviewPage.vue') },
    { path: '/settings', name: 'settings', component: () => import('./pages/SettingsPage.vue') },
    // Only for who works on it; the build leaves the branch out.
    ...(import.meta.env.DEV
      ? [
          {
            path: '/kit',
            name: 'kit',
            component: () => import('./kit/KitPage.vue'),
            meta: { public: true },
          },
        ]
      : []),
    {
      path: '/:rest(.*)*',
      name: 'missing',
      component: () => import('./pages/MissingPage.vue'),
      meta: { public: true },
    },
  ],
})

router.beforeEach((to, from) => to.path === from.path || mayLeave())
