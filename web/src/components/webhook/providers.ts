import type { VerificationProvider } from '@whook/shared'

export interface ProviderText {
  /** What else it is looked for by. */
  also?: string
  /** What its secret is called there, and where it stands. */
  secret: string
  /** What else a person has to know. */
  note?: string
}

const handshake = 'Its handshake is answered while this is set.'

export const providers: Record<VerificationProvider, ProviderText> = {
  standard: {
    also: 'Svix',
    secret: 'The signing secret, whsec_…, or a public key, whpk_…',
  },
  'amazon-sns': {
    also: 'AWS',
    secret: 'The ARN of the topic, arn:aws:sns:…: Amazon signs for every topic, only yours may call',
    note: 'Its subscription is confirmed while this is set. Leave raw message delivery off: it is not signed.',
  },
  asana: {
    secret:
      'Leave it empty, create the webhook at Asana, and set the X-Hook-Secret of the request that comes',
    note: handshake,
  },
  attio: { secret: 'The secret answered when the webhook was created' },
  bitbucket: { secret: 'The Secret of the webhook, under Repository settings → Webhooks' },
  calcom: { secret: 'The Secret of the webhook, under Settings → Developer → Webhooks' },
  calendly: { secret: 'The signing_key the subscription was created with' },
  discord: {
    secret: 'The Public Key of the application, under General Information',
    note: 'PING is answered, and bad signatures with 401, as Discord asks.',
  },
  docusign: { secret: 'A Connect key, under Settings → Connect → Connect Keys' },
  dropbox: { secret: 'The App secret, under App Console → Settings', note: handshake },
  elevenlabs: { secret: 'The secret shown when the webhook was created' },
  github: { secret: 'The Secret of the webhook, under Settings → Webhooks' },
  gitlab: {
    secret: 'The Signing token, or the older Secret token, under Settings → Webhooks',
  },
  hubspot: {
    secret: 'The Client secret of the app, under Auth',
    note: 'The URL is signed too: HubSpot must call the one shown here.',
  },
  intercom: { secret: 'The Client secret of the app, under Basic information' },
  jira: { secret: 'The Secret of the webhook, under System → WebHooks' },
  linear: { secret: 'The Signing secret of the webhook, under Settings → API' },
  mailgun: {
    secret: 'The HTTP webhook signing key, under API Security',
    note: 'Mailgun signs that it called, not what it sent.',
  },
  meta: {
    also: 'WhatsApp, Instagram',
    secret: 'The App secret, under App settings → Basic',
    note: 'With a verify token, its handshake is answered.',
  },
  'microsoft-graph': {
    secret: 'The clientState the subscription is created with',
    note: `${handshake} Nothing is signed: each call repeats the clientState.`,
  },
  notion: { secret: 'The verification_token in the first request Notion sends' },
  okta: {
    also: 'event hooks',
    secret: 'The value of the hook’s Authentication secret, its field being Authorization',
    note: handshake,
  },
  paddle: { secret: 'The secret key of the destination, pdl_ntfset_…, under Notifications' },
  pagerduty: { secret: 'The secret shown when the webhook was created' },
  paypal: {
    secret: 'The Webhook ID, beside the URL, under Apps & Credentials → Webhooks',
  },
  sendgrid: { secret: 'The Verification Key, under Mail Settings → Signed Event Webhook' },
  sentry: { secret: 'The Client Secret of the integration, under Developer Settings' },
  shopify: {
    secret: 'The client secret of the app; for webhooks of a store, the one under them',
  },
  slack: { secret: 'The Signing Secret of the app, under Basic Information', note: handshake },
  square: {
    secret: 'The Signature key of the subscription',
    note: 'The URL is signed too: Square must call the one shown here.',
  },
  stripe: {
    secret: 'The Signing secret of the endpoint, whsec_…, under Workbench → Webhooks',
  },
  twilio: {
    secret: 'The Auth Token of the account',
    note: 'The URL is signed too: Twilio must call the one shown here.',
  },
  typeform: { secret: 'The Secret of the webhook, under Connect → Webhooks' },
  vercel: { secret: 'The secret shown when the webhook was created' },
  workos: { secret: 'The signing secret of the endpoint, under Webhooks' },
  x: { secret: 'The API secret (consumer secret) of the app', note: handshake },
  zendesk: {
    secret: 'The Signing secret of the webhook, under Apps and integrations → Webhooks',
  },
  zoom: { secret: 'The Secret Token of the app, under Feature', note: handshake },
  'hmac-sha256': {
    also: 'of the body, by any sender',
    secret:
      'The key. The signature, hex or base64, in X-Signature, X-Webhook-Signature or X-Hub-Signature-256',
  },
}
