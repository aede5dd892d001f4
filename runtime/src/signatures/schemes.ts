import type { VerificationProvider } from '@whook/shared'
import { fromAnyBase64, fromBase64, fromHex } from './bytes.js'
import { ecdsaSha256, ed25519, hmacSha1 } from './judges.js'
import { amazonSns } from './kinds/amazon-sns.js'
import { bareToken } from './kinds/bare-token.js'
import { docusign } from './kinds/docusign.js'
import { hubspotOld, hubspotV3 } from './kinds/hubspot.js'
import { linear } from './kinds/linear.js'
import { listed } from './kinds/listed.js'
import { mailgun } from './kinds/mailgun.js'
import { microsoftGraph } from './kinds/microsoft-graph.js'
import { ofBody } from './kinds/of-body.js'
import { paypal } from './kinds/paypal.js'
import { square } from './kinds/square.js'
import { standardWebhooks } from './kinds/standard-webhooks.js'
import { timed } from './kinds/timed.js'
import { twilio } from './kinds/twilio.js'
import type { Scheme } from './scheme.js'
import { inIsoTime, inMilliseconds } from './times.js'

/** Schemes of each provider. Signatures are over the raw bytes, and one valid signature is enough. */
export const schemesOf: Record<VerificationProvider, Scheme[]> = {
  standard: [standardWebhooks('webhook'), standardWebhooks('svix')],
  // https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
  'amazon-sns': [amazonSns()],
  // Asana sends its secret in its handshake: https://developers.asana.com/docs/webhooks-guide
  asana: [ofBody('x-hook-signature')],
  // https://docs.attio.com/rest-api/guides/webhooks
  attio: [ofBody('attio-signature'), ofBody('x-attio-signature')],
  // https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks (SHA-256, although the name has no -256)
  bitbucket: [ofBody('x-hub-signature', { prefix: 'sha256=' })],
  // https://cal.com/docs/core-features/webhooks
  calcom: [ofBody('x-cal-signature-256')],
  // https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures
  calendly: [
    listed('calendly-webhook-signature', { separator: ',', time: 't', signature: 'v1', joint: '.' }),
  ],
  // https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint (without a documented tolerance: 600 s is Whook's choice)
  discord: [
    timed('x-signature-ed25519', {
      time: 'x-signature-timestamp',
      judge: ed25519,
      toleranceSeconds: 600,
    }),
  ],
  // https://developers.docusign.com/platform/webhooks/connect/validate
  docusign: [docusign()],
  // https://www.dropbox.com/developers/reference/webhooks
  dropbox: [ofBody('x-dropbox-signature')],
  // https://elevenlabs.io/docs/product-guides/administration/webhooks (up to half an hour late)
  elevenlabs: [
    listed('elevenlabs-signature', {
      separator: ',',
      time: 't',
      signature: 'v0',
      joint: '.',
      toleranceSeconds: 1800,
    }),
  ],
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  github: [ofBody('x-hub-signature-256', { prefix: 'sha256=' })],
  // https://docs.gitlab.com/user/project/integrations/webhooks (a signing token, or the older bare secret)
  gitlab: [standardWebhooks('webhook'), bareToken('x-gitlab-token')],
  // https://developers.hubspot.com/docs/api/webhooks/validating-requests
  hubspot: [hubspotV3(), hubspotOld()],
  // https://developers.intercom.com/docs/webhooks
  intercom: [ofBody('x-hub-signature', { prefix: 'sha1=', judge: hmacSha1 })],
  // https://developer.atlassian.com/cloud/jira/platform/webhooks
  jira: [ofBody('x-hub-signature', { prefix: 'sha256=' })],
  // https://linear.app/developers/webhooks#securing-webhooks
  linear: [linear()],
  // https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages/#webhooks
  mailgun: [mailgun()],
  // https://developers.facebook.com/docs/graph-api/webhooks/getting-started (WhatsApp and Instagram too)
  meta: [
    ofBody('x-hub-signature-256', { prefix: 'sha256=' }),
    ofBody('x-hub-signature', { prefix: 'sha1=', judge: hmacSha1 }),
  ],
  // https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
  'microsoft-graph': [microsoftGraph()],
  // https://developers.notion.com/reference/webhooks
  notion: [ofBody('x-notion-signature', { prefix: 'sha256=' })],
  // https://developer.okta.com/docs/concepts/event-hooks (the user chooses the header; Okta suggests this one)
  okta: [bareToken('authorization')],
  // https://developer.paddle.com/webhooks/signature-verification (its SDK allows 5 seconds; a queue needs more)
  paddle: [listed('paddle-signature', { separator: ';', time: 'ts', signature: 'h1', joint: ':' })],
  // https://developer.pagerduty.com/docs/verifying-webhook-signatures
  pagerduty: [ofBody('x-pagerduty-signature', { prefix: 'v1=', separator: ',' })],
  // https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
  paypal: [paypal()],
  // https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
  sendgrid: [
    timed('x-twilio-email-event-webhook-signature', {
      time: 'x-twilio-email-event-webhook-timestamp',
      decode: fromBase64,
      judge: ecdsaSha256,
      toleranceSeconds: 600,
    }),
  ],
  // https://docs.sentry.io/organization/integrations/integration-platform/webhooks
  sentry: [ofBody('sentry-hook-signature')],
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https (the second is of the Events API)
  shopify: [
    ofBody('x-shopify-hmac-sha256', { decode: fromBase64 }),
    ofBody('shopify-hmac-sha256', { decode: fromBase64 }),
  ],
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  slack: [
    timed('x-slack-signature', {
      time: 'x-slack-request-timestamp',
      prefix: 'v0=',
      lead: (time) => `v0:${time}:`,
    }),
  ],
  // https://developer.squareup.com/docs/webhooks/step3validate
  square: [square()],
  // https://docs.stripe.com/webhooks#verify-manually (v0 was for old test events and is never accepted)
  stripe: [listed('stripe-signature', { separator: ',', time: 't', signature: 'v1', joint: '.' })],
  // https://www.twilio.com/docs/usage/security#validating-requests
  twilio: [twilio()],
  // https://www.typeform.com/developers/webhooks/secure-your-webhooks
  typeform: [ofBody('typeform-signature', { prefix: 'sha256=', decode: fromBase64 })],
  // https://vercel.com/docs/webhooks/webhooks-api
  vercel: [ofBody('x-vercel-signature', { judge: hmacSha1 })],
  // https://workos.com/docs/events/data-syncing/webhooks
  workos: [
    listed('workos-signature', {
      separator: ',',
      time: 't',
      signature: 'v1',
      joint: '.',
      readTime: inMilliseconds,
    }),
  ],
  // https://docs.x.com/x-api/webhooks/introduction
  x: [ofBody('x-twitter-webhooks-signature', { prefix: 'sha256=', decode: fromBase64 })],
  // https://developer.zendesk.com/documentation/webhooks/verifying
  zendesk: [
    timed('x-zendesk-webhook-signature', {
      time: 'x-zendesk-webhook-signature-timestamp',
      decode: fromBase64,
      readTime: inIsoTime,
    }),
  ],
  // https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
  zoom: [
    timed('x-zm-signature', {
      time: 'x-zm-request-timestamp',
      prefix: 'v0=',
      lead: (time) => `v0:${time}:`,
    }),
  ],
  // Custom senders and many others: HMAC-SHA256 of the body in hex, base64 or base64url.
  'hmac-sha256': [
    'x-signature',
    'x-signature-256',
    'x-webhook-signature',
    'x-hub-signature-256',
    'x-hub-signature',
    'x-hmac-sha256',
  ].map((header) =>
    ofBody(header, { prefix: /^(sha256|v1)=/, decode: (text) => fromHex(text) ?? fromAnyBase64(text) }),
  ),
}

/** Headers with signatures, without headers that contain a secret. Receivers may verify the signatures again. */
export const signatureHeaders: readonly string[] = Object.values(schemesOf)
  .flat()
  .filter(({ plainSecret }) => !plainSecret)
  .flatMap(({ header, alternatives = [], alsoHeaders = [] }) =>
    [header ?? [], ...alternatives, ...alsoHeaders].flat(),
  )
