import type { VerificationProvider } from '@whook/shared'

/** Headers in which providers name the event, the most specific first. */
export const eventHeaders = [
  // https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
  'ce-type',
  'x-github-event',
  'x-forgejo-event',
  'x-gitea-event',
  'x-gogs-event',
  'x-gitlab-event',
  'x-shopify-topic',
  'x-wc-webhook-topic',
  'x-contentful-topic',
  'x-buildkite-event',
  'sentry-hook-resource',
  'linear-event',
  'x-event-key',
  'x-event-type',
  'x-event-name',
  'x-webhook-event',
  'x-amz-sns-message-type',
]

/** Headers that name only the subject of the event, such as `issues`. The body field `action` completes the name. */
export const headersWithAction = new Set([
  'x-github-event',
  'x-forgejo-event',
  'x-gitea-event',
  'x-gogs-event',
  'sentry-hook-resource',
])

/** Fields in which providers name the event, the most specific first. `0` is the first member of a list. */
export const eventFields = [
  'event-data.event',
  'event.type',
  'event.event_type',
  'event',
  'event_type',
  'eventType',
  'webhookEvent',
  'triggerEvent',
  'type',
  'event_name',
  'eventName',
  'meta.event_name',
  'events.0.type',
  'events.0.event_type',
  'events.0.event',
  'events.0.action',
  'data.events.0.eventType',
  '0.event_type',
  '0.eventType',
  '0.event',
  '0.type',
  '0.subscriptionType',
  'value.0.changeType',
  'topic',
  'notification_type',
  'object_kind',
  'RecordType',
  'trigger',
  'action',
]

/** Fields of a known provider. They take precedence over all headers and all other fields. */
export const providerFields: Partial<Record<VerificationProvider, readonly string[]>> = {
  asana: ['events.0.action'],
  attio: ['events.0.event_type'],
  calcom: ['triggerEvent'],
  calendly: ['event'],
  discord: ['event.type'],
  docusign: ['event'],
  elevenlabs: ['type'],
  hubspot: ['0.subscriptionType'],
  intercom: ['topic'],
  jira: ['webhookEvent'],
  mailgun: ['event-data.event', 'event'],
  meta: ['entry.0.changes.0.field', 'object'],
  'microsoft-graph': ['value.0.changeType'],
  notion: ['type'],
  okta: ['data.events.0.eventType', 'eventType'],
  paddle: ['event_type'],
  pagerduty: ['event.event_type'],
  paypal: ['event_type'],
  sendgrid: ['0.event'],
  slack: ['event.type', 'type'],
  square: ['type'],
  stripe: ['type'],
  typeform: ['event_type'],
  vercel: ['type'],
  workos: ['event'],
  zendesk: ['type'],
  zoom: ['event'],
}

/** Form fields that name the event. The form field `payload` contains the event as JSON (GitHub, Slack). */
export const formEventFields = [
  'event',
  'event_type',
  'EventType',
  'type',
  'MessageStatus',
  'CallStatus',
  'SmsStatus',
]
