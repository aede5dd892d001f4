import type {
  ApiKey,
  CreateApiKeyBody,
  CreatedApiKey,
  CreatedDestination,
  CreateDestinationBody,
  CreateReplayBody,
  DeliveriesAnswer,
  Delivery,
  DeliveryWithAttempts,
  Destination,
  Filter,
  Me,
  Page,
  ReleaseDeliveriesBody,
  ReleasedDeliveries,
  Replay,
  ReplayCount,
  ReplayRequestBody,
  RequestPage,
  RotatedSecret,
  Session,
  SignInOptions,
  Stats,
  TestFilterResult,
  TestTransformationBody,
  TestTransformationResult,
  Transformation,
  TransformationVersion,
  UpdateDestinationBody,
  UpdateWebhookBody,
  Webhook,
  WebhookRequest,
} from '@whook/shared'
import { call } from './client.js'

type Query = Record<string, string | number | undefined>
const v1 = '/api/v1'

/** All REST calls of the SPA, typed by the shared schemas. */
export const api = {
  signInOptions: () => call<SignInOptions>('GET', '/auth/options'),
  signInLocally: (token: string) => call<undefined>('POST', '/auth/local', { body: { token } }),
  signOut: () => call<undefined>('POST', '/auth/logout'),
  me: () => call<Me>('GET', `${v1}/me`),
  deleteMe: (id: string) => call<undefined>('DELETE', `${v1}/me`, { query: { confirm: id } }),
  sessions: () => call<Page<Session>>('GET', `${v1}/sessions`, { query: { limit: 200 } }),
  endSession: (id: string) => call<undefined>('DELETE', `${v1}/sessions/${id}`),
  endSessions: () => call<undefined>('DELETE', `${v1}/sessions`),
  apiKeys: () => call<Page<ApiKey>>('GET', `${v1}/api-keys`, { query: { limit: 200 } }),
  createApiKey: (body: CreateApiKeyBody) => call<CreatedApiKey>('POST', `${v1}/api-keys`, { body }),
  revokeApiKey: (id: string) => call<undefined>('DELETE', `${v1}/api-keys/${id}`),

  webhooks: (query: Query = {}) =>
    call<Page<Webhook>>('GET', `${v1}/webhooks`, { query: { limit: 200, ...query } }),
  webhook: (id: string) => call<Webhook>('GET', `${v1}/webhooks/${id}`),
  createWebhook: (name: string) => call<Webhook>('POST', `${v1}/webhooks`, { body: { name } }),
  updateWebhook: (id: string, body: UpdateWebhookBody) =>
    call<Webhook>('PATCH', `${v1}/webhooks/${id}`, { body }),
  rotateWebhookUrl: (id: string) => call<Webhook>('POST', `${v1}/webhooks/${id}/rotate-url`),
  deleteWebhook: (id: string) => call<undefined>('DELETE', `${v1}/webhooks/${id}`),

  requests: (webhookId: string, query: Query) =>
    call<RequestPage>('GET', `${v1}/webhooks/${webhookId}/requests`, { query }),
  request: (id: string) => call<WebhookRequest>('GET', `${v1}/requests/${id}`),
  deleteRequest: (id: string) => call<undefined>('DELETE', `${v1}/requests/${id}`),
  clearRequests: (webhookId: string) =>
    call<{ deleted: number }>('DELETE', `${v1}/webhooks/${webhookId}/requests`),
  requestBodyPath: (id: string) => `${v1}/requests/${id}/body`,
  requestDeliveries: (id: string) =>
    call<Page<Delivery>>('GET', `${v1}/requests/${id}/deliveries`, { query: { limit: 200 } }),

  destinations: (webhookId: string) =>
    call<Page<Destination>>('GET', `${v1}/webhooks/${webhookId}/destinations`, { query: { limit: 200 } }),
  createDestination: (webhookId: string, body: CreateDestinationBody) =>
    call<CreatedDestination>('POST', `${v1}/webhooks/${webhookId}/destinations`, { body }),
  updateDestination: (id: string, body: UpdateDestinationBody) =>
    call<Destination>('PATCH', `${v1}/destinations/${id}`, { body }),
  rotateSecret: (id: string) =>
    call<RotatedSecret>('POST', `${v1}/destinations/${id}/rotate-secret`, { body: {} }),
  tryDestination: (id: string) => call<Destination>('POST', `${v1}/destinations/${id}/try-now`),
  testDestination: (id: string) => call<Delivery>('POST', `${v1}/destinations/${id}/test`),
  deleteDestination: (id: string) => call<undefined>('DELETE', `${v1}/destinations/${id}`),

  deliveries: (query: Query) => call<Page<Delivery>>('GET', `${v1}/deliveries`, { query }),
  delivery: (id: string) => call<DeliveryWithAttempts>('GET', `${v1}/deliveries/${id}`),
  steerDelivery: (id: string, move: 'retry' | 'cancel' | 'deliver-anyway') =>
    call<Delivery>('POST', `${v1}/deliveries/${id}/${move}`),

  releaseDeliveries: (webhookId: string, body: ReleaseDeliveriesBody = {}) =>
    call<ReleasedDeliveries>('POST', `${v1}/webhooks/${webhookId}/release`, { body }),

  transformation: (webhookId: string) =>
    call<Transformation>('GET', `${v1}/webhooks/${webhookId}/transformation`),
  saveTransformation: (webhookId: string, script: string | null) =>
    call<Transformation>('PUT', `${v1}/webhooks/${webhookId}/transformation`, { body: { script } }),
  testTransformation: (webhookId: string, body: TestTransformationBody) =>
    call<TestTransformationResult>('POST', `${v1}/webhooks/${webhookId}/transformation/test`, { body }),
  transformationVersions: (webhookId: string) =>
    call<Page<TransformationVersion>>('GET', `${v1}/webhooks/${webhookId}/transformation/versions`, {
      query: { limit: 100 },
    }),
  testFilter: (webhookId: string, filter: Filter) =>
    call<TestFilterResult>('POST', `${v1}/webhooks/${webhookId}/filter/test`, { body: { filter } }),

  replayRequest: (id: string, body: ReplayRequestBody) =>
    call<DeliveriesAnswer>('POST', `${v1}/requests/${id}/replay`, { body }),
  countReplay: (body: CreateReplayBody) => call<ReplayCount>('POST', `${v1}/replays/count`, { body }),
  startReplay: (body: CreateReplayBody) => call<Replay>('POST', `${v1}/replays`, { body }),
  replay: (id: string) => call<Replay>('GET', `${v1}/replays/${id}`),
  cancelReplay: (id: string) => call<Replay>('POST', `${v1}/replays/${id}/cancel`),

  stats: (range: string, webhookId?: string) =>
    call<Stats>('GET', webhookId ? `${v1}/webhooks/${webhookId}/stats` : `${v1}/stats`, { query: { range } }),
}
