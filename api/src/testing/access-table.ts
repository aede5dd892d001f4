import type { Belongings } from './seed-belongings.js'

/** Access that a route requires: none, any sign-in, or a session or an API key with at least this scope. */
export type Access = 'open' | 'signed-in' | 'read' | 'write' | 'admin'

/** Expected access of every route. Written manually: a table derived from the code would repeat its mistakes. */
export const accessTable: Record<string, Access> = {
  'get /api/docs': 'open',
  'get /api/docs/json': 'open',
  'get /api/docs/yaml': 'open',
  'get /api/docs/static/*': 'open',
  'get /api/docs/static/index.html': 'open',
  'get /api/docs/static/swagger-initializer.js': 'open',
  'get /api/openapi.json': 'open',
  'get /api/problems/:code': 'open',
  'get /healthz': 'open',
  'get /readyz': 'open',
  'get /metrics': 'open',
  'get /auth/options': 'open',
  'get /auth/google': 'open',
  'get /auth/callback': 'open',
  'post /auth/local': 'open',
  'post /auth/logout': 'signed-in',
  'get /ws': 'signed-in',

  'get /api/v1/me': 'read',
  'delete /api/v1/me': 'admin',
  'get /api/v1/sessions': 'read',
  'delete /api/v1/sessions': 'admin',
  'delete /api/v1/sessions/:sessionId': 'admin',
  'get /api/v1/api-keys': 'read',
  'post /api/v1/api-keys': 'admin',
  'delete /api/v1/api-keys/:apiKeyId': 'admin',

  'get /api/v1/webhooks': 'read',
  'post /api/v1/webhooks': 'write',
  'get /api/v1/webhooks/:webhookId': 'read',
  'patch /api/v1/webhooks/:webhookId': 'write',
  'delete /api/v1/webhooks/:webhookId': 'write',
  'post /api/v1/webhooks/:webhookId/rotate-url': 'write',
  'get /api/v1/webhooks/:webhookId/stats': 'read',
  'get /api/v1/stats': 'read',

  'get /api/v1/webhooks/:webhookId/requests': 'read',
  'delete /api/v1/webhooks/:webhookId/requests': 'write',
  'get /api/v1/requests/:requestId': 'read',
  'get /api/v1/requests/:requestId/body': 'read',
  'delete /api/v1/requests/:requestId': 'write',

  'get /api/v1/webhooks/:webhookId/destinations': 'read',
  'post /api/v1/webhooks/:webhookId/destinations': 'write',
  'get /api/v1/destinations/:destinationId': 'read',
  'patch /api/v1/destinations/:destinationId': 'write',
  'delete /api/v1/destinations/:destinationId': 'write',
  'post /api/v1/destinations/:destinationId/rotate-secret': 'write',
  'post /api/v1/destinations/:destinationId/test': 'write',
  'post /api/v1/destinations/:destinationId/try-now': 'write',
  'post /api/v1/webhooks/:webhookId/release': 'write',
  'post /api/v1/webhooks/:webhookId/filter/test': 'write',

  'get /api/v1/webhooks/:webhookId/transformation': 'read',
  'put /api/v1/webhooks/:webhookId/transformation': 'write',
  'get /api/v1/webhooks/:webhookId/transformation/versions': 'read',
  'post /api/v1/webhooks/:webhookId/transformation/versions/:version/restore': 'write',
  'post /api/v1/webhooks/:webhookId/transformation/test': 'write',
  'post /api/v1/destinations/:destinationId/transformation/test': 'write',

  'get /api/v1/deliveries': 'read',
  'get /api/v1/requests/:requestId/deliveries': 'read',
  'get /api/v1/deliveries/:deliveryId': 'read',
  'post /api/v1/deliveries/:deliveryId/retry': 'write',
  'post /api/v1/deliveries/:deliveryId/cancel': 'write',
  'post /api/v1/deliveries/:deliveryId/deliver-anyway': 'write',

  'post /api/v1/requests/:requestId/replay': 'write',
  'get /api/v1/replays': 'read',
  'post /api/v1/replays': 'write',
  'post /api/v1/replays/count': 'read',
  'get /api/v1/replays/:replayId': 'read',
  'post /api/v1/replays/:replayId/cancel': 'write',
}

/** Routes of the dashboard's files (the page, hashed assets, icons). They are open, and exist only after a build. */
export const ofTheWindow = /^get \/(assets\/.+|[^/]*\.\w+|\*)?$/

const script = 'function transform(data) { return data }'
const filter = { field: 'method', equals: 'POST' }

/** A valid body for each route, sent by the owner of the objects. */
export const bodies: Record<string, (mine: Belongings) => object> = {
  'post /auth/local': () => ({ token: 'guessed' }),
  'post /api/v1/api-keys': () => ({ name: 'new', scopes: ['read'] }),
  'post /api/v1/webhooks': () => ({ name: 'new' }),
  'patch /api/v1/webhooks/:webhookId': () => ({ name: 'renamed' }),
  'post /api/v1/webhooks/:webhookId/destinations': () => ({ url: 'https://a.example/' }),
  'patch /api/v1/destinations/:destinationId': () => ({ name: 'renamed' }),
  'post /api/v1/destinations/:destinationId/rotate-secret': () => ({}),
  'post /api/v1/webhooks/:webhookId/release': () => ({}),
  'post /api/v1/webhooks/:webhookId/filter/test': () => ({ filter }),
  'put /api/v1/webhooks/:webhookId/transformation': () => ({ script }),
  'post /api/v1/webhooks/:webhookId/transformation/test': ({ requestId }) => ({ script, requestId }),
  'post /api/v1/destinations/:destinationId/transformation/test': ({ requestId }) => ({ script, requestId }),
  'post /api/v1/requests/:requestId/replay': ({ destinationId }) => ({ destinationIds: [destinationId] }),
  'post /api/v1/replays': ({ webhookId }) => ({ webhookId }),
  'post /api/v1/replays/count': ({ webhookId }) => ({ webhookId }),
}

/** Query string that a route requires. */
export const queries: Record<string, (mine: Belongings) => string> = {
  'delete /api/v1/me': ({ userId }) => `confirm=${userId}`,
}

/** Delivery status that a route requires. For all other routes the delivery is pending. */
export const deliveryStates: Record<string, 'dead' | 'filtered'> = {
  'post /api/v1/deliveries/:deliveryId/retry': 'dead',
  'post /api/v1/deliveries/:deliveryId/deliver-anyway': 'filtered',
}
