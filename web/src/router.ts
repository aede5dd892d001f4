import { createRouter, createWebHistory } from 'vue-router'
import { mayLeave } from './composables/use-unsaved.js'

/** All pages, by name. The selection and the filters of a page are stored in the URL. */
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
    // Users who shorten the URL of a webhook's page arrive here.
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
    // Component gallery for development. The production build removes this branch.
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
