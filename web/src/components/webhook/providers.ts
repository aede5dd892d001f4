import type { VerificationProvider } from '@whook/shared'

export interface ProviderText {
  /** Other names that users search for. */
  also?: string
  /** Name of the secret at the provider, and the page that shows it. */
  secret: string
  /** Anything else that the user has to know. */
  note?: string
}

const handshake = 'Whook answers its handshake while this is set.'

export const providers: Record<VerificationProvider, ProviderText> = {
  standard: {
    also: 'Svix',
    secret: 'The signing secret, whsec_…, or a public key, whpk_…',
  },
  'amazon-sns': {
    also: 'AWS',
    secret: 'The ARN of the topic, arn:aws:sns:…. Messages of other topics fail the check',
    note: 'Whook confirms its subscription while this is set. Leave raw message delivery off: raw messages are not signed.',
  },
  asana: {
    secret:
      'Leave it empty and create the webhook in Asana. Then enter the X-Hook-Secret of its first request',
    note: handshake,
  },
  attio: { secret: 'The secret in the response that created the webhook' },
  bitbucket: { secret: 'The Secret of the webhook, under Repository settings → Webhooks' },
  calcom: { secret: 'The Secret of the webhook, under Settings → Developer → Webhooks' },
  calendly: { secret: 'The signing_key of the subscription' },
  discord: {
    secret: 'The Public Key of the application, under General Information',
    note: 'Whook answers PING, and rejects invalid signatures with 401, as Discord requires.',
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
    note: 'The signature covers the URL: HubSpot must call the URL shown here.',
  },
  intercom: { secret: 'The Client secret of the app, under Basic information' },
  jira: { secret: 'The Secret of the webhook, under System → WebHooks' },
  linear: { secret: 'The Signing secret of the webhook, under Settings → API' },
  mailgun: {
    secret: 'The HTTP webhook signing key, under API Security',
    note: 'Mailgun signs a time and a token, not the body.',
  },
  meta: {
    also: 'WhatsApp, Instagram',
    secret: 'The App secret, under App settings → Basic',
    note: 'Whook answers its handshake when a verify token is set.',
  },
  'microsoft-graph': {
    secret: 'The clientState of the subscription',
    note: `${handshake} Microsoft signs nothing: each request repeats the clientState.`,
  },
  notion: { secret: 'The verification_token in the first request Notion sends' },
  okta: {
    also: 'event hooks',
    secret: 'The Authentication secret of the hook. Its Authentication field must be Authorization',
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
    secret: 'The client secret of the app. For webhooks of a store, the secret below their list',
  },
  slack: { secret: 'The Signing Secret of the app, under Basic Information', note: handshake },
  square: {
    secret: 'The Signature key of the subscription',
    note: 'The signature covers the URL: Square must call the URL shown here.',
  },
  stripe: {
    secret: 'The Signing secret of the endpoint, whsec_…, under Workbench → Webhooks',
  },
  twilio: {
    secret: 'The Auth Token of the account',
    note: 'The signature covers the URL: Twilio must call the URL shown here.',
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
    also: 'any sender that signs the body',
    secret:
      'The key. The sender puts the signature, hex or base64, in X-Signature, X-Webhook-Signature or X-Hub-Signature-256',
  },
}
