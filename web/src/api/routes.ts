import { send } from './client.js'
import type { Body, Query, TypedCall } from './typed-call.js'

const call = send as TypedCall

/** All REST calls of the SPA. api/openapi.json defines the types. */
export const api = {
  signInOptions: () => call('get', '/auth/options'),
  signInLocally: (token: string) => call('post', '/auth/local', { body: { token } }),
  signOut: () => call('post', '/auth/logout'),
  me: () => call('get', '/api/v1/me'),
  deleteMe: (id: string) => call('delete', '/api/v1/me', { query: { confirm: id } }),
  sessions: () => call('get', '/api/v1/sessions', { query: { limit: 200 } }),
  endSession: (sessionId: string) => call('delete', '/api/v1/sessions/{sessionId}', { path: { sessionId } }),
  endSessions: () => call('delete', '/api/v1/sessions'),
  apiKeys: () => call('get', '/api/v1/api-keys', { query: { limit: 200 } }),
  createApiKey: (body: Body<'post', '/api/v1/api-keys'>) => call('post', '/api/v1/api-keys', { body }),
  revokeApiKey: (apiKeyId: string) => call('delete', '/api/v1/api-keys/{apiKeyId}', { path: { apiKeyId } }),

  webhooks: (query: Query<'get', '/api/v1/webhooks'> = {}) =>
    call('get', '/api/v1/webhooks', { query: { limit: 200, ...query } }),
  webhook: (webhookId: string) => call('get', '/api/v1/webhooks/{webhookId}', { path: { webhookId } }),
  createWebhook: (name: string) => call('post', '/api/v1/webhooks', { body: { name } }),
  updateWebhook: (webhookId: string, body: Body<'patch', '/api/v1/webhooks/{webhookId}'>) =>
    call('patch', '/api/v1/webhooks/{webhookId}', { path: { webhookId }, body }),
  rotateWebhookUrl: (webhookId: string) =>
    call('post', '/api/v1/webhooks/{webhookId}/rotate-url', { path: { webhookId } }),
  deleteWebhook: (webhookId: string) =>
    call('delete', '/api/v1/webhooks/{webhookId}', { path: { webhookId } }),

  requests: (webhookId: string, query: Query<'get', '/api/v1/webhooks/{webhookId}/requests'>) =>
    call('get', '/api/v1/webhooks/{webhookId}/requests', { path: { webhookId }, query }),
  request: (requestId: string) => call('get', '/api/v1/requests/{requestId}', { path: { requestId } }),
  deleteRequest: (requestId: string) =>
    call('delete', '/api/v1/requests/{requestId}', { path: { requestId } }),
  clearRequests: (webhookId: string) =>
    call('delete', '/api/v1/webhooks/{webhookId}/requests', { path: { webhookId } }),
  requestDeliveries: (requestId: string) =>
    call('get', '/api/v1/requests/{requestId}/deliveries', { path: { requestId }, query: { limit: 200 } }),

  destinations: (webhookId: string) =>
    call('get', '/api/v1/webhooks/{webhookId}/destinations', { path: { webhookId }, query: { limit: 200 } }),
  createDestination: (webhookId: string, body: Body<'post', '/api/v1/webhooks/{webhookId}/destinations'>) =>
    call('post', '/api/v1/webhooks/{webhookId}/destinations', { path: { webhookId }, body }),
  updateDestination: (destinationId: string, body: Body<'patch', '/api/v1/destinations/{destinationId}'>) =>
    call('patch', '/api/v1/destinations/{destinationId}', { path: { destinationId }, body }),
  rotateSecret: (destinationId: string) =>
    call('post', '/api/v1/destinations/{destinationId}/rotate-secret', { path: { destinationId }, body: {} }),
  tryDestination: (destinationId: string) =>
    call('post', '/api/v1/destinations/{destinationId}/try-now', { path: { destinationId } }),
  testDestination: (destinationId: string) =>
    call('post', '/api/v1/destinations/{destinationId}/test', { path: { destinationId } }),
  deleteDestination: (destinationId: string) =>
    call('delete', '/api/v1/destinations/{destinationId}', { path: { destinationId } }),

  deliveries: (query: Query<'get', '/api/v1/deliveries'>) => call('get', '/api/v1/deliveries', { query }),
  delivery: (deliveryId: string) => call('get', '/api/v1/deliveries/{deliveryId}', { path: { deliveryId } }),
  moveDelivery: (deliveryId: string, move: 'retry' | 'cancel' | 'deliver-anyway') =>
    call('post', `/api/v1/deliveries/{deliveryId}/${move}`, { path: { deliveryId } }),
  releaseDeliveries: (webhookId: string, body: Body<'post', '/api/v1/webhooks/{webhookId}/release'> = {}) =>
    call('post', '/api/v1/webhooks/{webhookId}/release', { path: { webhookId }, body }),

  transformation: (webhookId: string) =>
    call('get', '/api/v1/webhooks/{webhookId}/transformation', { path: { webhookId } }),
  saveTransformation: (webhookId: string, script: string | null) =>
    call('put', '/api/v1/webhooks/{webhookId}/transformation', { path: { webhookId }, body: { script } }),
  testTransformation: (
    webhookId: string,
    body: Body<'post', '/api/v1/webhooks/{webhookId}/transformation/test'>,
  ) => call('post', '/api/v1/webhooks/{webhookId}/transformation/test', { path: { webhookId }, body }),
  transformationVersions: (webhookId: string) =>
    call('get', '/api/v1/webhooks/{webhookId}/transformation/versions', {
      path: { webhookId },
      query: { limit: 100 },
    }),
  testFilter: (
    webhookId: string,
    filter: Body<'post', '/api/v1/webhooks/{webhookId}/filter/test'>['filter'],
  ) => call('post', '/api/v1/webhooks/{webhookId}/filter/test', { path: { webhookId }, body: { filter } }),

  replayRequest: (requestId: string, body: Body<'post', '/api/v1/requests/{requestId}/replay'>) =>
    call('post', '/api/v1/requests/{requestId}/replay', { path: { requestId }, body }),
  countReplay: (body: Body<'post', '/api/v1/replays/count'>) =>
    call('post', '/api/v1/replays/count', { body }),
  startReplay: (body: Body<'post', '/api/v1/replays'>) => call('post', '/api/v1/replays', { body }),
  replay: (replayId: string) => call('get', '/api/v1/replays/{replayId}', { path: { replayId } }),
  cancelReplay: (replayId: string) =>
    call('post', '/api/v1/replays/{replayId}/cancel', { path: { replayId } }),

  stats: (range: Query<'get', '/api/v1/stats'>['range']) =>
    call('get', '/api/v1/stats', { query: { range } }),
}

/** The URL of the exact bytes of a request's body: for a download, or for `fetchBytes`. */
export const requestBodyUrl = (requestId: string) => `/api/v1/requests/${requestId}/body`
