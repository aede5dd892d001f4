export interface Sample {
  name: string
  headers: [string, string][]
  body: string
  /** The event name that Whook shows. */
  event: string | null
}

const json = (value: unknown) => JSON.stringify(value, null, 2)
const jsonHeader: [string, string] = ['content-type', 'application/json']
const formHeader: [string, string] = ['content-type', 'application/x-www-form-urlencoded']

/** Requests in the format and member order of the providers' documentation. The values are invented. */
export const samples: Sample[] = [
  {
    // https://docs.stripe.com/api/events/object: `type` is last, after `data`.
    name: 'Stripe invoice.paid',
    headers: [jsonHeader],
    event: 'invoice.paid',
    body: json({
      id: 'evt_1QK3Xh2eZvKYlo2C0o5Vn8Rw',
      object: 'event',
      api_version: '2025-10-29.clover',
      created: 1764000000,
      data: {
        object: {
          id: 'in_1QK3Xg2eZvKYlo2CkqJt8w9L',
          object: 'invoice',
          amount_due: 2900,
          amount_paid: 2900,
          currency: 'eur',
          customer: 'cus_RCk2mPq0wXyz12',
          customer_email: 'ada@example.com',
          lines: {
            object: 'list',
            data: [{ id: 'il_1QK3Xg', object: 'line_item', amount: 2900, description: '1 x Pro plan' }],
            total_count: 1,
          },
          status: 'paid',
        },
      },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: 'invoice.paid',
    }),
  },
  {
    name: 'GitHub push',
    headers: [
      jsonHeader,
      ['x-github-event', 'push'],
      ['x-github-delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    ],
    event: 'push',
    body: json({
      ref: 'refs/heads/main',
      before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      after: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5',
      repository: { id: 186853002, name: 'engine', full_name: 'analytical/engine', private: false },
      pusher: { name: 'ada', email: 'ada@example.com' },
      commits: [
        {
          id: '59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5',
          message: 'Number the operations',
          modified: ['notes/g.md'],
        },
      ],
    }),
  },
  {
    // https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request
    name: 'GitHub pull request',
    headers: [
      jsonHeader,
      ['x-github-event', 'pull_request'],
      ['x-github-delivery', '8c2f0e40-9d0c-11ef-8f3b-6a2f4d0e9a11'],
    ],
    event: 'pull_request.opened',
    body: json({
      action: 'opened',
      number: 2,
      pull_request: { id: 279147437, number: 2, state: 'open', title: 'Count in decimal', draft: false },
      repository: { id: 186853002, name: 'engine', full_name: 'analytical/engine', private: false },
      sender: { login: 'ada', id: 21031067, type: 'User' },
    }),
  },
  {
    name: 'Shopify orders/create',
    headers: [
      jsonHeader,
      ['x-shopify-topic', 'orders/create'],
      ['x-shopify-shop-domain', 'example.myshopify.com'],
    ],
    event: 'orders/create',
    body: json({
      id: 820982911946154500,
      email: 'grace@example.com',
      currency: 'USD',
      total_price: '238.47',
      financial_status: 'paid',
      line_items: [
        {
          id: 866550311766439000,
          title: 'IPod Nano - 8GB',
          quantity: 1,
          price: '199.00',
          sku: 'IPOD2008PINK',
        },
      ],
    }),
  },
  {
    // https://docs.slack.dev/reference/objects/event-object
    name: 'Slack event_callback',
    headers: [jsonHeader],
    event: 'app_mention',
    body: json({
      token: 'XXYYZZ',
      team_id: 'T061EG9R6',
      api_app_id: 'A0MDYCDME',
      event: {
        type: 'app_mention',
        user: 'U061F7AUR',
        text: 'is it deployed?',
        ts: '1764000000.000200',
        channel: 'C0LAN2Q65',
        event_ts: '1764000000000200',
      },
      type: 'event_callback',
      event_id: 'Ev0LAN670R',
      event_time: 1764000000,
      authorizations: [{ team_id: 'T061EG9R6', user_id: 'U0LAN0Z89', is_bot: true }],
    }),
  },
  {
    // https://docs.slack.dev/interactivity/handling-user-interaction: JSON in a form field.
    name: 'Slack button',
    headers: [formHeader],
    event: 'block_actions',
    body: `payload=${encodeURIComponent('{"type":"block_actions","user":{"id":"U061F7AUR"},"actions":[{"action_id":"ok"}]}')}`,
  },
  {
    // https://developer.paddle.com/webhooks/respond-to-webhooks
    name: 'Paddle transaction.completed',
    headers: [jsonHeader],
    event: 'transaction.completed',
    body: json({
      event_id: 'evt_01hv8x2axb33yr5y238zfwcn5p',
      event_type: 'transaction.completed',
      occurred_at: '2026-04-12T10:18:50.155553Z',
      notification_id: 'ntf_01hv8x2azy7scaan4s0eb0273x',
      data: { id: 'txn_01hv8wptq8987qeep44cyrewp9', status: 'completed', currency_code: 'USD' },
    }),
  },
  {
    // https://clerk.com/docs/guides/development/webhooks/overview
    name: 'Clerk user.created',
    headers: [jsonHeader, ['svix-id', 'msg_2b8GZ4WvXkq0pLr7yTn1cDf3h']],
    event: 'user.created',
    body: json({
      data: {
        created_at: 1764000000000,
        email_addresses: [{ email_address: 'ada@example.com', id: 'idn_29w83yL7CwVlJXylYLxcslromF1' }],
        id: 'user_29w83sxmDNGwOuEthce5gg56FcC',
        object: 'user',
      },
      event_attributes: { http_request: { client_ip: '192.0.2.1', user_agent: 'Mozilla/5.0' } },
      instance_id: 'ins_123',
      object: 'event',
      timestamp: 1764000000000,
      type: 'user.created',
    }),
  },
  {
    // https://workos.com/docs/events: `object` is the same in every event.
    name: 'WorkOS dsync.user.created',
    headers: [jsonHeader],
    event: 'dsync.user.created',
    body: json({
      object: 'event',
      id: 'event_01FKJ843CVE8F7BXQSPFH0M53V',
      data: { object: 'directory_user', id: 'directory_user_01E1X1B89NH8Z3SDFJR4H7RGX7', state: 'active' },
      event: 'dsync.user.created',
      created_at: '2026-11-24T16:00:00.000Z',
    }),
  },
  {
    // https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
    name: 'SendGrid events',
    headers: [jsonHeader],
    event: 'processed',
    body: json([
      {
        email: 'ada@example.com',
        timestamp: 1764000000,
        'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
        event: 'processed',
        category: ['newsletter'],
        sg_event_id: 'rbtnWrG1DVDGGGFHFyun0A',
        sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
      },
      { email: 'ada@example.com', timestamp: 1764000009, event: 'delivered', sg_event_id: 'zz_BjPgU_5pS' },
    ]),
  },
  {
    // https://developers.hubspot.com/docs/api-reference/webhooks
    name: 'HubSpot contact.creation',
    headers: [jsonHeader],
    event: 'contact.creation',
    body: json([
      {
        eventId: 1,
        subscriptionId: 12345,
        portalId: 62515,
        appId: 54321,
        occurredAt: 1764000000000,
        subscriptionType: 'contact.creation',
        attemptNumber: 0,
        objectId: 123,
        changeSource: 'CRM',
        changeFlag: 'NEW',
      },
    ]),
  },
  {
    // https://learn.microsoft.com/azure/event-grid/event-schema
    name: 'Azure Event Grid',
    headers: [jsonHeader, ['aeg-event-type', 'Notification']],
    event: 'Microsoft.Storage.BlobCreated',
    body: json([
      {
        topic: '/subscriptions/00000000/resourceGroups/x/providers/Microsoft.Storage/storageAccounts/y',
        subject: '/blobServices/default/containers/c/blobs/file.txt',
        eventType: 'Microsoft.Storage.BlobCreated',
        id: '831e1650-001e-001b-66ab-eeb76e069631',
        data: { api: 'PutBlockList', contentLength: 447 },
        dataVersion: '',
        metadataVersion: '1',
        eventTime: '2026-11-24T16:00:00Z',
      },
    ]),
  },
  {
    // https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks
    name: 'Mailgun delivered',
    headers: [jsonHeader],
    event: 'delivered',
    body: json({
      signature: {
        timestamp: '1764000000',
        token: 'a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0',
        signature: 'd2271d12299f6592d9d44cd9d250f0704e4674c30d79d07c47a66f95ce71cf55',
      },
      'event-data': {
        event: 'delivered',
        timestamp: 1764000000.06,
        id: 'DACSsAdVSeGpLid7TN03WA',
        recipient: 'ada@example.com',
        tags: ['my_tag_1'],
      },
    }),
  },
  {
    // https://woocommerce.com/document/webhooks
    name: 'WooCommerce order.created',
    headers: [
      jsonHeader,
      ['x-wc-webhook-topic', 'order.created'],
      ['x-wc-webhook-resource', 'order'],
      ['x-wc-webhook-event', 'created'],
      ['x-wc-webhook-delivery-id', '0bd2a2e4f0b8c4f3a1d2'],
    ],
    event: 'order.created',
    body: json({ id: 727, parent_id: 0, status: 'processing', currency: 'USD', total: '29.35' }),
  },
  {
    // https://developer.atlassian.com/cloud/jira/platform/webhooks
    name: 'Jira issue updated',
    headers: [jsonHeader, ['x-atlassian-webhook-identifier', '6f5d1b7e-2f0a-4a8a-9a51-2d1f6f6b0a10']],
    event: 'jira:issue_updated',
    body: json({
      timestamp: 1764000000000,
      webhookEvent: 'jira:issue_updated',
      issue_event_type_name: 'issue_generic',
      user: { accountId: '99:27935d01', displayName: 'Ada' },
      issue: { id: '99291', key: 'JRA-20002', fields: { summary: 'It counts twice', labels: ['mill'] } },
      changelog: { id: '10124', items: [{ field: 'summary', fromString: 'It counts' }] },
    }),
  },
  {
    // https://docs.sentry.io/organization/integrations/integration-platform/webhooks/issues
    name: 'Sentry issue created',
    headers: [jsonHeader, ['sentry-hook-resource', 'issue'], ['request-id', 'f2a1c0d4e5b64a9f']],
    event: 'issue.created',
    body: json({
      action: 'created',
      installation: { uuid: 'a8e5d37a-696c-4c54-adb5-b3f28d64c7de' },
      data: { issue: { id: '1170820242', title: 'ReferenceError: x is not defined', level: 'error' } },
      actor: { type: 'application', id: 'sentry', name: 'Sentry' },
    }),
  },
  {
    // https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
    name: 'CloudEvent in binary mode',
    headers: [
      jsonHeader,
      ['ce-specversion', '1.0'],
      ['ce-type', 'com.example.order.placed'],
      ['ce-source', '/orders'],
      ['ce-id', 'a234-1234-1234'],
    ],
    event: 'com.example.order.placed',
    body: json({ order: 4711, total: 29.35 }),
  },
  {
    // https://www.twilio.com/docs/messaging/guides/webhook-request
    name: 'Twilio message status',
    headers: [formHeader],
    event: 'delivered',
    body: 'SmsSid=SM2f0747961e2f974f4d1c24d8b1a9a4bd&SmsStatus=delivered&MessageStatus=delivered&To=%2B15005550006&MessageSid=SM2f0747961e2f974f4d1c24d8b1a9a4bd&AccountSid=AC00000000000000000000000000000000&From=%2B15005550001&ApiVersion=2010-04-01',
  },
  {
    name: 'Form post',
    headers: [formHeader],
    event: null,
    body: 'From=%2B15005550006&Body=Hello+there&NumMedia=0',
  },
  { name: 'Plain JSON', headers: [jsonHeader], event: null, body: json({ hello: 'world' }) },
]
