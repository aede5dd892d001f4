import type { VerificationProvider } from '@whook/shared'

export interface ProviderText {
  name: string
  /** What its secret is called there, and where it stands. */
  secret: string
  /** What else a person has to know. */
  note?: string
}

const handshake = 'Its handshake is answered while this is set.'

export const providers: Record<VerificationProvider, ProviderText> = {
  standard: {
    name: 'Standard Webhooks, Svix',
    secret: 'The signing secret, whsec_…, or a public key, whpk_…',
  },
  asana: {
    name: 'Asana',
    secret:
      'Leave it empty, create the webhook at Asana, and set the X-Hook-Secret of the request that comes',
    note: handshake,
  },
  attio: { name: 'Attio', secret: 'The secret answered when the webhook was created' },
  bitbucket: { name: 'Bitbucket', secret: 'The Secret of the webhook, under Repository settings → Webhooks' },
  calcom: { name: 'Cal.com', secret: 'The Secret of the webhook, under Settings → Developer → Webhooks' },
  calendly: { name: 'Calendly', secret: 'The signing_key the subscription was created with' },
  discord: {
    name: 'Discord',
    secret: 'The Public Key of the application, under General Information',
    note: 'PING is answered, and bad signatures with 401, as Discord asks.',
  },
  docusign: { name: 'DocuSign', secret: 'A Connect key, under Settings → Connect → Connect Keys' },
  dropbox: { name: 'Dropbox', secret: 'The App secret, under App Console → Settings', note: handshake },
  elevenlabs: { name: 'ElevenLabs', secret: 'The secret shown when the webhook was created' },
  github: { name: 'GitHub', secret: 'The Secret of the webhook, under Settings → Webhooks' },
  gitlab: {
    name: 'GitLab',
    secret: 'The Signing token, or the older Secret token, under Settings → Webhooks',
  },
  hubspot: {
    name: 'HubSpot',
    secret: 'The Client secret of the app, under Auth',
    note: 'The URL is signed too: HubSpot must call the one shown here.',
  },
  intercom: { name: 'Intercom', secret: 'The Client secret of the app, under Basic information' },
  jira: { name: 'Jira', secret: 'The Secret of the webhook, under System → WebHooks' },
  linear: { name: 'Linear', secret: 'The Signing secret of the webhook, under Settings → API' },
  mailgun: {
    name: 'Mailgun',
    secret: 'The HTTP webhook signing key, under API Security',
    note: 'Mailgun signs that it called, not what it sent.',
  },
  meta: {
    name: 'Meta, WhatsApp, Instagram',
    secret: 'The App secret, under App settings → Basic',
    note: 'With a verify token, its handshake is answered.',
  },
  'microsoft-graph': {
    name: 'Microsoft Graph',
    secret: 'The clientState the subscription is created with',
    note: `${handshake} Nothing is signed: each call repeats the clientState.`,
  },
  notion: { name: 'Notion', secret: 'The verification_token in the first request Notion sends' },
  okta: {
    name: 'Okta event hooks',
    secret: 'The value of the hook’s Authentication secret, its field being Authorization',
    note: handshake,
  },
  paddle: { name: 'Paddle', secret: 'The secret key of the destination, pdl_ntfset_…, under Notifications' },
  pagerduty: { name: 'PagerDuty', secret: 'The secret shown when the webhook was created' },
  sendgrid: { name: 'SendGrid', secret: 'The Verification Key, under Mail Settings → Signed Event Webhook' },
  sentry: { name: 'Sentry', secret: 'The Client Secret of the integration, under Developer Settings' },
  shopify: {
    name: 'Shopify',
    secret: 'The client secret of the app; for webhooks of a store, the one under them',
  },
  slack: { name: 'Slack', secret: 'The Signing Secret of the app, under Basic Information', note: handshake },
  square: {
    name: 'Square',
    secret: 'The Signature key of the subscription',
    note: 'The URL is signed too: Square must call the one shown here.',
  },
  stripe: {
    name: 'Stripe',
    secret: 'The Signing secret of the endpoint, whsec_…, under Workbench → Webhooks',
  },
  twilio: {
    name: 'Twilio',
    secret: 'The Auth Token of the account',
    note: 'The URL is signed too: Twilio must call the one shown here.',
  },
  typeform: { name: 'Typeform', secret: 'The Secret of the webhook, under Connect → Webhooks' },
  vercel: { name: 'Vercel', secret: 'The secret shown when the webhook was created' },
  workos: { name: 'WorkOS', secret: 'The signing secret of the endpoint, under Webhooks' },
  x: { name: 'X', secret: 'The API secret (consumer secret) of the app', note: handshake },
  zendesk: {
    name: 'Zendesk',
    secret: 'The Signing secret of the webhook, under Apps and integrations → Webhooks',
  },
  zoom: { name: 'Zoom', secret: 'The Secret Token of the app, under Feature', note: handshake },
  'hmac-sha256': {
    name: 'Any HMAC-SHA256 of the body',
    secret:
      'The key. The signature, hex or base64, in X-Signature, X-Webhook-Signature or X-Hub-Signature-256',
  },
}
