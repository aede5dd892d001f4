/* Generated from api/openapi.json by npm run generate:client. */
export interface paths {
  '/auth/options': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getSignInOptions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/local': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['signInLocally']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/google': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['startSignIn']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/callback': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['finishSignIn']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/auth/logout': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['signOut']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/me': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getMe']
    put?: never
    post?: never
    delete: operations['deleteMe']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listSessions']
    put?: never
    post?: never
    delete: operations['deleteSessions']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/sessions/{sessionId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    delete: operations['deleteSession']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listWebhooks']
    put?: never
    post: operations['createWebhook']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getWebhook']
    put?: never
    post?: never
    delete: operations['deleteWebhook']
    options?: never
    head?: never
    patch: operations['updateWebhook']
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/rotate-url': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['rotateWebhookUrl']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/requests': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listRequests']
    put?: never
    post?: never
    delete: operations['deleteRequests']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/requests/{requestId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getRequest']
    put?: never
    post?: never
    delete: operations['deleteRequest']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/requests/{requestId}/body': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getRequestBody']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/destinations': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listDestinations']
    put?: never
    post: operations['createDestination']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/destinations/{destinationId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getDestination']
    put?: never
    post?: never
    delete: operations['deleteDestination']
    options?: never
    head?: never
    patch: operations['updateDestination']
    trace?: never
  }
  '/api/v1/destinations/{destinationId}/rotate-secret': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['rotateDestinationSecret']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/destinations/{destinationId}/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['testDestination']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/filter/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['testFilter']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/destinations/{destinationId}/try-now': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['tryDestination']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/transformation': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getTransformation']
    put: operations['saveTransformation']
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/transformation/versions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listTransformationVersions']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/transformation/versions/{version}/restore': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['restoreTransformationVersion']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/transformation/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['testTransformation']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/destinations/{destinationId}/transformation/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['testDestinationTransformation']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listDeliveries']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/requests/{requestId}/deliveries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listRequestDeliveries']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries/{deliveryId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getDelivery']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries/{deliveryId}/retry': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['retryDelivery']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries/{deliveryId}/cancel': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['cancelDelivery']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries/{deliveryId}/deliver-anyway': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['deliverAnyway']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/release': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['releaseDeliveries']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/requests/{requestId}/replay': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['replayRequest']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/replays/count': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['countReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/replays': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listReplays']
    put?: never
    post: operations['createReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/replays/{replayId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getReplay']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/replays/{replayId}/cancel': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post: operations['cancelReplay']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getStats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/webhooks/{webhookId}/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['getWebhookStats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/api-keys': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get: operations['listApiKeys']
    put?: never
    post: operations['createApiKey']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/api-keys/{apiKeyId}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    delete: operations['deleteApiKey']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    ApiKey: {
      id: string
      name: string
      prefix: string
      scopes: components['schemas']['ApiKeyScope'][]
      expiresAt: string | null
      lastUsedAt: string | null
      createdAt: string
    }
    ApiKeyPage: {
      items: components['schemas']['ApiKey'][]
      nextCursor: string | null
    }
    ApiKeyScope: 'read' | 'write' | 'admin'
    Attempt: {
      deliveryId: string
      number: number
      startedAt: string
      durationMs: number
      outcome: components['schemas']['AttemptOutcome']
      statusCode: number | null
      error: string | null
      requestUrl: string
      requestMethod: string
      requestHeaders: [string, string][]
      requestBodySize: number
      responseHeaders: [string, string][]
      responseBody: components['schemas']['Body'] | null
      console: components['schemas']['ConsoleLine'][]
    }
    AttemptOutcome:
      | 'delivered'
      | 'http-error'
      | 'redirect'
      | 'timeout'
      | 'dns'
      | 'connect'
      | 'tls'
      | 'reset'
      | 'response-too-large'
      | 'protocol'
      | 'policy'
      | 'script'
      | 'crashed'
    Body: {
      text: string | null
      base64: string | null
      size: number
      isText: boolean
      truncated: boolean
    }
    CircuitState: 'closed' | 'open' | 'half-open'
    ConsoleLevel: 'log' | 'info' | 'warn' | 'error' | 'debug'
    ConsoleLine: {
      level: components['schemas']['ConsoleLevel']
      text: string
    }
    CreateApiKeyBody: {
      name: string
      scopes: components['schemas']['ApiKeyScope'][]
      expiresAt?: string | null
    }
    CreateDestinationBody: {
      url: string
      name?: string
      enabled?: boolean
      headers?: [string, string][]
      forwardHeaders?: string[]
      appendPath?: boolean
      timeoutMs?: number
      retry?: {
        strategy?: 'exponential' | 'linear' | 'list'
        baseSeconds?: number
        factor?: number
        maxDelaySeconds?: number
        delaysSeconds?: number[]
        attemptsMax?: number
        maxAgeSeconds?: number
        jitter?: number
      }
      limits?: {
        concurrency?: number
        ratePerSecond?: number | null
      }
      filter?: components['schemas']['Filter'] | null
      script?: string | null
      orderingKey?: string | null
    }
    CreateReplayBody: {
      webhookId?: string
      requestFilter?: components['schemas']['RequestFilter']
      requestIds?: string[]
      deliveryFilter?: components['schemas']['DeliveryFilter']
      destinationIds?: string[]
    }
    CreateWebhookBody: {
      name: string
    }
    CreatedApiKey: {
      id: string
      name: string
      prefix: string
      scopes: components['schemas']['ApiKeyScope'][]
      expiresAt: string | null
      lastUsedAt: string | null
      createdAt: string
      key: string
    }
    CreatedDestination: {
      id: string
      webhookId: string
      url: string
      name: string
      enabled: boolean
      headers: [string, string][]
      forwardHeaders: string[]
      appendPath: boolean
      timeoutMs: number
      retry: components['schemas']['RetryPolicy']
      limits: components['schemas']['DestinationLimits']
      filter: components['schemas']['Filter'] | null
      script: string | null
      orderingKey: string | null
      displayHost: string | null
      disabledReason: components['schemas']['DisabledReason'] | null
      secrets: {
        id: string
        createdAt: string
        expiresAt: string | null
      }[]
      health: components['schemas']['DestinationHealth']
      createdAt: string
      secret: string
    }
    DecodedBody: {
      text: string
      from: string[]
      truncated: boolean
    }
    DeliveriesAnswer: {
      items: components['schemas']['Delivery'][]
    }
    Delivery: {
      id: string
      requestId: string
      webhookId: string
      destinationId: string
      destinationName: string
      destinationUrl: string
      status: components['schemas']['DeliveryStatus']
      attemptCount: number
      nextAttemptAt: string | null
      waiting: {
        reason:
          | 'verification-failed'
          | 'verification-pending'
          | 'webhook-paused'
          | 'webhook-disabled'
          | 'destination-disabled'
          | 'ordering'
          | 'circuit-open'
          | 'retry'
          | 'rate-limit'
          | 'concurrency'
          | 'due'
        until: string | null
      } | null
      lastStatusCode: number | null
      lastDurationMs: number | null
      lastOutcome: components['schemas']['AttemptOutcome'] | null
      reason: string | null
      filterFailure: components['schemas']['FilterFailure'] | null
      replayId: string | null
      recoveredBy: string | null
      replayOf: string | null
      createdAt: string
      finishedAt: string | null
    }
    DeliveryFilter: {
      status?: string
      webhookId?: string
      destinationId?: string
      replayId?: string
      statusCode?: number
      after?: string
      before?: string
    }
    DeliveryPage: {
      items: components['schemas']['Delivery'][]
      nextCursor: string | null
    }
    DeliveryStatus:
      | 'pending'
      | 'held'
      | 'delivering'
      | 'delivered'
      | 'retrying'
      | 'dead'
      | 'recovered'
      | 'filtered'
      | 'cancelled'
    DeliverySummary: {
      total: number
      delivered: number
      waiting: number
      retrying: number
      failed: number
      recovered: number
      filtered: number
      lastStatusCode: number | null
      lastDurationMs: number | null
    }
    DeliveryWithAttempts: {
      id: string
      requestId: string
      webhookId: string
      destinationId: string
      destinationName: string
      destinationUrl: string
      status: components['schemas']['DeliveryStatus']
      attemptCount: number
      nextAttemptAt: string | null
      waiting: {
        reason:
          | 'verification-failed'
          | 'verification-pending'
          | 'webhook-paused'
          | 'webhook-disabled'
          | 'destination-disabled'
          | 'ordering'
          | 'circuit-open'
          | 'retry'
          | 'rate-limit'
          | 'concurrency'
          | 'due'
        until: string | null
      } | null
      lastStatusCode: number | null
      lastDurationMs: number | null
      lastOutcome: components['schemas']['AttemptOutcome'] | null
      reason: string | null
      filterFailure: components['schemas']['FilterFailure'] | null
      replayId: string | null
      recoveredBy: string | null
      replayOf: string | null
      createdAt: string
      finishedAt: string | null
      attempts: components['schemas']['Attempt'][]
    }
    Destination: {
      id: string
      webhookId: string
      url: string
      name: string
      enabled: boolean
      headers: [string, string][]
      forwardHeaders: string[]
      appendPath: boolean
      timeoutMs: number
      retry: components['schemas']['RetryPolicy']
      limits: components['schemas']['DestinationLimits']
      filter: components['schemas']['Filter'] | null
      script: string | null
      orderingKey: string | null
      displayHost: string | null
      disabledReason: components['schemas']['DisabledReason'] | null
      secrets: {
        id: string
        createdAt: string
        expiresAt: string | null
      }[]
      health: components['schemas']['DestinationHealth']
      createdAt: string
    }
    DestinationHealth: {
      circuit: components['schemas']['CircuitState']
      circuitOpenUntil: string | null
      consecutiveFailures: number
      lastSuccessAt: string | null
      lastFailureAt: string | null
      lastStatusCode: number | null
      lastError: string | null
      delivered: number
      failed: number
      waiting: number
      p50Ms: number | null
      p95Ms: number | null
    }
    DestinationLimits: {
      concurrency: number
      ratePerSecond: number | null
    }
    DestinationLimitsInput: {
      concurrency?: number
      ratePerSecond?: number | null
    }
    DestinationPage: {
      items: components['schemas']['Destination'][]
      nextCursor: string | null
    }
    DestinationStats: {
      destinationId: string
      webhookId: string
      name: string
      url: string
      delivered: number
      failed: number
      waiting: number
      p50Ms: number | null
      p95Ms: number | null
      circuit: components['schemas']['CircuitState']
    }
    DisabledReason: 'user' | 'gone-410'
    Durability: {
      accept: 'queue' | 'database'
      queue: 'redis' | 'postgres'
      durable: boolean
      detail: string
    }
    Filter:
      | components['schemas']['FilterClause']
      | components['schemas']['FilterAnd']
      | components['schemas']['FilterOr']
      | components['schemas']['FilterNot']
    FilterAnd: {
      and: components['schemas']['Filter'][]
    }
    FilterClause: {
      field: string
      equals?: string | number | boolean | null
      in?: (string | number | boolean | null)[]
      contains?: string | number | boolean | null
      exists?: boolean
      gt?: number | string
      gte?: number | string
      lt?: number | string
      lte?: number | string
      matches?: string
    }
    FilterFailure: {
      clause: string
      path: string
      found: string
    }
    FilterNot: {
      not: components['schemas']['Filter']
    }
    FilterOr: {
      or: components['schemas']['Filter'][]
    }
    Ledger: {
      accepted: number
      stored: number
      expired: number
      deliveries: number
      delivered: number
      pending: number
      held: number
      dead: number
      recovered: number
      filtered: number
      cancelled: number
      unaccounted: number
    }
    LiveCloseCode: 1001 | 4001 | 4008
    LiveDelivery: {
      id: string
      requestId: string
      webhookId: string
      destinationId: string
      status: components['schemas']['DeliveryStatus']
      attemptCount: number
      nextAttemptAt: string | null
      lastStatusCode: number | null
      lastDurationMs: number | null
      lastOutcome: components['schemas']['AttemptOutcome'] | null
      reason: string | null
      createdAt: string
    }
    LiveDestination: {
      id: string
      webhookId: string
      enabled: boolean
      disabledReason: components['schemas']['DisabledReason'] | null
      circuit: components['schemas']['CircuitState']
    }
    LiveFrame: {
      messages: components['schemas']['LiveMessage'][]
    }
    LiveGap: {
      gap: true
    }
    LiveHello: {
      hello: {
        userId: string
        serverTime: string
      }
    }
    LiveMessage:
      | {
          type: 'request.stored'
          request: components['schemas']['RequestSummary']
        }
      | {
          type: 'request.verified'
          webhookId: string
          requestId: string
        }
      | {
          type: 'request.deleted'
          webhookId: string
          requestId: string
        }
      | {
          type: 'requests.cleared'
          webhookId: string
        }
      | {
          type: 'delivery.updated'
          delivery: components['schemas']['LiveDelivery']
        }
      | {
          type: 'webhook.created'
          webhook: components['schemas']['Webhook']
        }
      | {
          type: 'webhook.updated'
          webhook: components['schemas']['Webhook']
        }
      | {
          type: 'webhook.deleted'
          webhookId: string
        }
      | {
          type: 'destination.updated'
          destination: components['schemas']['LiveDestination']
        }
      | {
          type: 'destination.deleted'
          webhookId: string
          destinationId: string
        }
      | {
          type: 'replay.updated'
          replay: components['schemas']['Replay']
        }
      | {
          type: 'gap'
        }
    LiveServerFrame:
      | components['schemas']['LiveHello']
      | components['schemas']['LiveFrame']
      | components['schemas']['LiveGap']
    Me: {
      user: components['schemas']['User']
      mode: 'local' | 'server'
      durability: components['schemas']['Durability']
      csrfToken: string | null
      version: string
      publicUrl: string
      retentionDays: number
      bodyLimitBytes: number
      usage: components['schemas']['Usage']
    }
    OnVerificationFailure: 'deliver' | 'hold' | 'reject'
    Problem: {
      type: string
      title: string
      status: number
      code: string
      detail?: string
      instance?: string
      errors?: {
        path: string
        message: string
        line?: number
        column?: number
      }[]
    }
    PutTransformationBody: {
      script: string | null
    }
    ReleaseDeliveriesBody: {
      destinationId?: string
      after?: string
      before?: string
    }
    ReleasedDeliveries: {
      released: number
      more: boolean
    }
    Replay: {
      id: string
      webhookId: string | null
      status: components['schemas']['ReplayStatus']
      total: number
      done: number
      deliveries: number
      waiting: number
      delivered: number
      failed: number
      filtered: number
      createdAt: string
      finishedAt: string | null
      settledAt: string | null
    }
    ReplayCount: {
      total: number
      deliveries: number
      withFilter: number
    }
    ReplayPage: {
      items: components['schemas']['Replay'][]
      nextCursor: string | null
    }
    ReplayRequestBody: {
      destinationIds?: string[]
      edit?: components['schemas']['RequestEdit']
    }
    ReplayStatus: 'running' | 'finished' | 'cancelled' | 'failed'
    RequestEdit: {
      method?: string
      path?: string
      query?: string
      headers?: [string, string][]
      body?: {
        text?: string
        base64?: string
      }
    }
    RequestFilter: {
      q?: string
      method?: string
      status?: components['schemas']['RequestStatusFilter']
      verification?: components['schemas']['VerificationOutcome']
      after?: string
      before?: string
    }
    RequestPage: {
      items: components['schemas']['RequestSummary'][]
      nextCursor: string | null
      bookmark: string | null
    }
    RequestStatusFilter: 'delivered' | 'waiting' | 'failed' | 'filtered' | 'none'
    RequestSummary: {
      id: string
      webhookId: string
      method: string
      path: string
      query: string
      contentType: string | null
      size: number
      event: string | null
      verification: components['schemas']['VerificationOutcome']
      refused: boolean
      remoteAddress: string
      duplicateOf: string | null
      replayOf: string | null
      receivedAt: string
      deliveries: components['schemas']['DeliverySummary']
    }
    RetryPolicy: {
      strategy: 'exponential' | 'linear' | 'list'
      baseSeconds: number
      factor: number
      maxDelaySeconds: number
      delaysSeconds: number[]
      attemptsMax: number
      maxAgeSeconds: number
      jitter: number
    }
    RetryPolicyInput: {
      strategy?: 'exponential' | 'linear' | 'list'
      baseSeconds?: number
      factor?: number
      maxDelaySeconds?: number
      delaysSeconds?: number[]
      attemptsMax?: number
      maxAgeSeconds?: number
      jitter?: number
    }
    RotateSecretBody: {
      overlapHours?: number
    }
    RotatedSecret: {
      secret: string
      previousExpiresAt: string | null
    }
    Session: {
      id: string
      current: boolean
      device: string
      ip: string
      createdAt: string
      lastSeenAt: string
      expiresAt: string
    }
    SessionPage: {
      items: components['schemas']['Session'][]
      nextCursor: string | null
    }
    SignInOptions: {
      mode: 'local' | 'server'
      providerName: string | null
      signedIn: boolean
    }
    Stats: {
      range: components['schemas']['StatsRange']
      bucketSeconds: number
      totals: {
        requests: number
        requestsBefore: number
        delivered: number
        failed: number
        waiting: number
        oldestWaitingAt: string | null
        p50Ms: number | null
        p95Ms: number | null
      }
      series: components['schemas']['StatsPoint'][]
      destinations: components['schemas']['DestinationStats'][]
      ledger: components['schemas']['Ledger']
      queueDepth: number | null
    }
    StatsPoint: {
      at: string
      requests: number
      delivered: number
      failed: number
    }
    StatsRange: '1h' | '24h' | '7d' | '30d'
    TestFilterBody: {
      filter: components['schemas']['Filter']
      last?: number
    }
    TestFilterResult: {
      tested: number
      passed: number
      results: {
        requestId: string
        passed: boolean
        failure: components['schemas']['FilterFailure'] | null
      }[]
    }
    TestTransformationBody: {
      script: string
      requestId?: string
      body?: unknown
    }
    TestTransformationResult: {
      output: {
        body: string
        bodyChanged: boolean
        contentType: string | null
        headers: [string, string][]
        query: string | null
        method: string | null
        path: string | null
      } | null
      filtered: boolean
      error: string | null
      line: number | null
      column: number | null
      logs: components['schemas']['ConsoleLine'][]
      durationMs: number
    }
    Transformation: {
      webhookId: string
      script: string | null
      version: number
      updatedAt: string | null
    }
    TransformationVersion: {
      version: number
      script: string | null
      createdAt: string
    }
    TransformationVersionPage: {
      items: components['schemas']['TransformationVersion'][]
      nextCursor: string | null
    }
    UpdateDestinationBody: {
      url?: string
      name?: string
      enabled?: boolean
      headers?: [string, string][]
      forwardHeaders?: string[]
      appendPath?: boolean
      timeoutMs?: number
      retry?: components['schemas']['RetryPolicyInput']
      limits?: components['schemas']['DestinationLimitsInput']
      filter?: components['schemas']['Filter'] | null
      script?: string | null
      orderingKey?: string | null
    }
    UpdateWebhookBody: {
      name?: string
      status?: components['schemas']['WebhookStatus']
      response?: components['schemas']['WebhookResponseInput']
      verification?: components['schemas']['VerificationInput'] | null
      onVerificationFailure?: components['schemas']['OnVerificationFailure']
      limits?: components['schemas']['WebhookLimitsInput']
    }
    Usage: {
      storedBytes: number
      storedBytesMax: number | null
      requestsToday: number
      requestsPerDayMax: number | null
    }
    User: {
      id: string
      email: string
      name: string
      picture: string | null
      createdAt: string
    }
    Verification: {
      provider: components['schemas']['VerificationProvider']
      secretCount: number
      hasVerifyToken: boolean
    }
    VerificationInput: {
      provider: components['schemas']['VerificationProvider']
      secrets: string[]
      verifyToken?: string
    }
    VerificationOutcome: 'verified' | 'failed' | 'unconfigured' | 'pending'
    VerificationProvider:
      | 'standard'
      | 'amazon-sns'
      | 'asana'
      | 'attio'
      | 'bitbucket'
      | 'calcom'
      | 'calendly'
      | 'discord'
      | 'docusign'
      | 'dropbox'
      | 'elevenlabs'
      | 'github'
      | 'gitlab'
      | 'hubspot'
      | 'intercom'
      | 'jira'
      | 'linear'
      | 'mailgun'
      | 'meta'
      | 'microsoft-graph'
      | 'notion'
      | 'okta'
      | 'paddle'
      | 'pagerduty'
      | 'paypal'
      | 'sendgrid'
      | 'sentry'
      | 'shopify'
      | 'slack'
      | 'square'
      | 'stripe'
      | 'twilio'
      | 'typeform'
      | 'vercel'
      | 'workos'
      | 'x'
      | 'zendesk'
      | 'zoom'
      | 'hmac-sha256'
    VerificationResult: {
      outcome: components['schemas']['VerificationOutcome']
      provider: string | null
      reason: string | null
    }
    Webhook: {
      id: string
      slug: string
      url: string
      name: string
      status: components['schemas']['WebhookStatus']
      response: components['schemas']['WebhookResponse']
      ignoredResponseHeaders: string[]
      verification: components['schemas']['Verification'] | null
      onVerificationFailure: components['schemas']['OnVerificationFailure']
      limits: components['schemas']['WebhookLimits']
      requestCount: number
      requestCountToday: number
      lastRequestAt: string | null
      failingDeliveryCount: number
      heldDeliveryCount: number
      heldForVerificationCount: number
      destinationCount: number
      sparkline: number[]
      createdAt: string
    }
    WebhookLimits: {
      requestsPerSecond: number | null
      bodyBytesMax: number | null
      retentionDays: number | null
    }
    WebhookLimitsInput: {
      requestsPerSecond?: number | null
      bodyBytesMax?: number | null
      retentionDays?: number | null
    }
    WebhookPage: {
      items: components['schemas']['Webhook'][]
      nextCursor: string | null
    }
    WebhookRequest: {
      id: string
      webhookId: string
      method: string
      path: string
      query: string
      contentType: string | null
      size: number
      event: string | null
      verification: components['schemas']['VerificationOutcome']
      refused: boolean
      remoteAddress: string
      duplicateOf: string | null
      replayOf: string | null
      receivedAt: string
      deliveries: components['schemas']['DeliverySummary']
      httpVersion: string
      headers: [string, string][]
      body: components['schemas']['Body']
      decoded: components['schemas']['DecodedBody'] | null
      verificationResult: components['schemas']['VerificationResult']
    }
    WebhookResponse: {
      status: number
      headers: [string, string][]
      body: string | null
    }
    WebhookResponseInput: {
      status?: number
      headers?: [string, string][]
      body?: string | null
    }
    WebhookStatus: 'active' | 'paused' | 'disabled'
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  getSignInOptions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SignInOptions']
        }
      }
    }
  }
  signInLocally: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': {
          token: string
        }
      }
    }
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  startSignIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: never
  }
  finishSignIn: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: never
  }
  signOut: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  getMe: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Me']
        }
      }
    }
  }
  deleteMe: {
    parameters: {
      query: {
        confirm: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  listSessions: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SessionPage']
        }
      }
    }
  }
  deleteSessions: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  deleteSession: {
    parameters: {
      query?: never
      header?: never
      path: {
        sessionId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  listWebhooks: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
        q?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookPage']
        }
      }
    }
  }
  createWebhook: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateWebhookBody']
      }
    }
    responses: {
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Webhook']
        }
      }
    }
  }
  getWebhook: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Webhook']
        }
      }
    }
  }
  deleteWebhook: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  updateWebhook: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateWebhookBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Webhook']
        }
      }
    }
  }
  rotateWebhookUrl: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Webhook']
        }
      }
    }
  }
  listRequests: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
        q?: string
        method?: string
        status?: components['schemas']['RequestStatusFilter']
        verification?: components['schemas']['VerificationOutcome']
        after?: string
        before?: string
        since?: string
      }
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RequestPage']
        }
      }
    }
  }
  deleteRequests: {
    parameters: {
      query?: {
        q?: string
        method?: string
        status?: components['schemas']['RequestStatusFilter']
        verification?: components['schemas']['VerificationOutcome']
        after?: string
        before?: string
      }
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': {
            deleted: number
          }
        }
      }
    }
  }
  getRequest: {
    parameters: {
      query?: never
      header?: never
      path: {
        requestId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['WebhookRequest']
        }
      }
    }
  }
  deleteRequest: {
    parameters: {
      query?: never
      header?: never
      path: {
        requestId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  getRequestBody: {
    parameters: {
      query?: never
      header?: never
      path: {
        requestId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/octet-stream': unknown
        }
      }
    }
  }
  listDestinations: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
      }
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DestinationPage']
        }
      }
    }
  }
  createDestination: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateDestinationBody']
      }
    }
    responses: {
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CreatedDestination']
        }
      }
    }
  }
  getDestination: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Destination']
        }
      }
    }
  }
  deleteDestination: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
  updateDestination: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateDestinationBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Destination']
        }
      }
    }
  }
  rotateDestinationSecret: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['RotateSecretBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RotatedSecret']
        }
      }
    }
  }
  testDestination: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
    }
  }
  testFilter: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TestFilterBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TestFilterResult']
        }
      }
    }
  }
  tryDestination: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Destination']
        }
      }
    }
  }
  getTransformation: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Transformation']
        }
      }
    }
  }
  saveTransformation: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['PutTransformationBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Transformation']
        }
      }
    }
  }
  listTransformationVersions: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
      }
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TransformationVersionPage']
        }
      }
    }
  }
  restoreTransformationVersion: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
        version: number
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Transformation']
        }
      }
    }
  }
  testTransformation: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TestTransformationBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TestTransformationResult']
        }
      }
    }
  }
  testDestinationTransformation: {
    parameters: {
      query?: never
      header?: never
      path: {
        destinationId: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TestTransformationBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TestTransformationResult']
        }
      }
    }
  }
  listDeliveries: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
        status?: string
        webhookId?: string
        destinationId?: string
        replayId?: string
        statusCode?: number
        after?: string
        before?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeliveryPage']
        }
      }
    }
  }
  listRequestDeliveries: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
      }
      header?: never
      path: {
        requestId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeliveryPage']
        }
      }
    }
  }
  getDelivery: {
    parameters: {
      query?: never
      header?: never
      path: {
        deliveryId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeliveryWithAttempts']
        }
      }
    }
  }
  retryDelivery: {
    parameters: {
      query?: never
      header?: never
      path: {
        deliveryId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
    }
  }
  cancelDelivery: {
    parameters: {
      query?: never
      header?: never
      path: {
        deliveryId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
    }
  }
  deliverAnyway: {
    parameters: {
      query?: never
      header?: never
      path: {
        deliveryId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Delivery']
        }
      }
    }
  }
  releaseDeliveries: {
    parameters: {
      query?: never
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReleaseDeliveriesBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReleasedDeliveries']
        }
      }
    }
  }
  replayRequest: {
    parameters: {
      query?: never
      header?: never
      path: {
        requestId: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['ReplayRequestBody']
      }
    }
    responses: {
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeliveriesAnswer']
        }
      }
    }
  }
  countReplay: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateReplayBody']
      }
    }
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReplayCount']
        }
      }
    }
  }
  listReplays: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReplayPage']
        }
      }
    }
  }
  createReplay: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateReplayBody']
      }
    }
    responses: {
      202: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
    }
  }
  getReplay: {
    parameters: {
      query?: never
      header?: never
      path: {
        replayId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
    }
  }
  cancelReplay: {
    parameters: {
      query?: never
      header?: never
      path: {
        replayId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Replay']
        }
      }
    }
  }
  getStats: {
    parameters: {
      query?: {
        range?: '1h' | '24h' | '7d' | '30d'
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Stats']
        }
      }
    }
  }
  getWebhookStats: {
    parameters: {
      query?: {
        range?: '1h' | '24h' | '7d' | '30d'
      }
      header?: never
      path: {
        webhookId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Stats']
        }
      }
    }
  }
  listApiKeys: {
    parameters: {
      query?: {
        limit?: number
        cursor?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ApiKeyPage']
        }
      }
    }
  }
  createApiKey: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateApiKeyBody']
      }
    }
    responses: {
      201: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CreatedApiKey']
        }
      }
    }
  }
  deleteApiKey: {
    parameters: {
      query?: never
      header?: never
      path: {
        apiKeyId: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      204: {
        headers: {
          [name: string]: unknown
        }
        content?: never
      }
    }
  }
}
