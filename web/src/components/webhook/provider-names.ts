import type { VerificationProvider } from '@whook/shared'

/** What people call each provider. Apart from their other texts, which only the form needs. */
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

/** One that a stored request names and this version no longer knows keeps the name it has there. */
export const providerName = (provider: string | null): string =>
  (provider && providerNames[provider as VerificationProvider]) ?? provider ?? ''
