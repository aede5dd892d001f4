import type { VerificationProvider } from '@whook/shared'

/** Display names. In their own file, because only the settings form needs the other texts of a provider. */
export const providerNames: Record<VerificationProvider, string> = {
  standard: 'Standard Webhooks',
  'amazon-sns': 'Amazon SNS',
  asana: 'Asana',
  attio: 'Attio',
  bitbucket: 'Bitbucket',
  calcom: 'Cal.com',
  calendly: 'Calendly',
  discord: 'Discord',
  docusign: 'DocuSign',
  dropbox: 'Dropbox',
  elevenlabs: 'ElevenLabs',
  github: 'GitHub',
  gitlab: 'GitLab',
  hubspot: 'HubSpot',
  intercom: 'Intercom',
  jira: 'Jira',
  linear: 'Linear',
  mailgun: 'Mailgun',
  meta: 'Meta',
  'microsoft-graph': 'Microsoft Graph',
  notion: 'Notion',
  okta: 'Okta',
  paddle: 'Paddle',
  pagerduty: 'PagerDuty',
  paypal: 'PayPal',
  sendgrid: 'SendGrid',
  sentry: 'Sentry',
  shopify: 'Shopify',
  slack: 'Slack',
  square: 'Square',
  stripe: 'Stripe',
  twilio: 'Twilio',
  typeform: 'Typeform',
  vercel: 'Vercel',
  workos: 'WorkOS',
  x: 'X',
  zendesk: 'Zendesk',
  zoom: 'Zoom',
  'hmac-sha256': 'HMAC-SHA256',
}

/** Display name of a provider. A stored request can name a provider that this version does not know: returns its id. */
export const providerName = (provider: string | null): string =>
  (provider && providerNames[provider as VerificationProvider]) ?? provider ?? ''
