import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { Vector } from './published-vectors.js'

const hmac = (
  algorithm: 'sha1' | 'sha256',
  key: string,
  content: string,
  encoding: 'hex' | 'base64' = 'hex',
) => createHmac(algorithm, key).update(content).digest(encoding)
const sha256 = (...content: Parameters<typeof hmac> extends [unknown, ...infer R] ? R : never) =>
  hmac('sha256', ...content)

const body = '{"id":"evt_1","name":"ü"}'
const at = 1_700_000_000
const url = 'https://hooks.example.com/wh_0123456789abcdefABCDEF/a%2Fb?x=1%2C2&y=%20z'

const made = (
  name: string,
  provider: Vector['provider'],
  headers: Vector['headers'],
  rest: Partial<Vector> = {},
): Vector => ({ name, provider, secret: 'key', body, headers, ...rest })

const ed25519 = generateKeyPairSync('ed25519')
const rawKey = ed25519.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const signed = (content: string) => sign(null, Buffer.from(content), ed25519.privateKey)

const linearBody = '{"webhookTimestamp":1700000000500}'
const mailgun = { timestamp: String(at), token: 'tok', signature: sha256('key', `${at}tok`) }
const jsonUrl = `${url}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`
const graph = (state: string) => JSON.stringify({ value: [{ clientState: state }, { clientState: state }] })

const sha256Of = (key: Buffer, content: string) => createHmac('sha256', key).update(content).digest('base64')
const standardHeaders = (signature: string) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(at),
  'webhook-signature': `v1,${signature}`,
})
const mailgunParts = Object.entries(mailgun)
  .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
  .join('')

/** Vectors signed by this test as documented, for providers that publish no example. */
export const madeVectors: Vector[] = [
  made(
    'Standard Webhooks, public key',
    'standard',
    {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(at),
      'webhook-signature': `v1,AAAA v1a,${signed(`msg_1.${at}.${body}`).toString('base64')}`,
    },
    { secret: `whpk_${rawKey.toString('base64')}`, at },
  ),
  made(
    'Stripe',
    'stripe',
    {
      'Stripe-Signature': `t=${at},v1=00,v1=${sha256('key', `${at}.${body}`)},v0=11`,
    },
    { at },
  ),
  made(
    'Supabase, secret with a version prefix',
    'standard',
    standardHeaders(sha256Of(Buffer.from('c2VjcmV0', 'base64'), `msg_1.${at}.${body}`)),
    { secret: 'v1,whsec_c2VjcmV0', at },
  ),
  made(
    'Polar, secret that is not base64',
    'standard',
    standardHeaders(sha256Of(Buffer.from('polar_whs_abc'), `msg_1.${at}.${body}`)),
    { secret: 'polar_whs_abc', at },
  ),
  made('a signature in base64url without padding', 'hmac-sha256', {
    'X-Signature': sha256('key', body, 'base64').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  }),
  made('DocuSign, second key only', 'docusign', {
    'X-DocuSign-Signature-2': sha256('key', body, 'base64'),
  }),
  made('GitLab, bare token', 'gitlab', { 'X-Gitlab-Token': 'key' }),
  made('Okta', 'okta', { Authorization: 'key' }),
  made('Linear', 'linear', { 'Linear-Signature': sha256('key', linearBody) }, { body: linearBody, at }),
  made('Asana', 'asana', { 'X-Hook-Signature': sha256('key', body) }),
  made('Attio', 'attio', { 'Attio-Signature': sha256('key', body) }),
  made('Cal.com', 'calcom', { 'X-Cal-Signature-256': sha256('key', body) }),
  made('Jira', 'jira', { 'X-Hub-Signature': `sha256=${sha256('key', body)}` }),
  made('Notion', 'notion', { 'X-Notion-Signature': `sha256=${sha256('key', body)}` }),
  made('Sentry', 'sentry', { 'Sentry-Hook-Signature': sha256('key', body) }),
  made('PagerDuty', 'pagerduty', { 'X-PagerDuty-Signature': `v1=00,v1=${sha256('key', body)}` }),
  made('Typeform', 'typeform', { 'Typeform-Signature': `sha256=${sha256('key', body, 'base64')}` }),
  made('X', 'x', { 'x-twitter-webhooks-signature': `sha256=${sha256('key', body, 'base64')}` }),
  made('Intercom', 'intercom', { 'X-Hub-Signature': `sha1=${hmac('sha1', 'key', body)}` }),
  made('Vercel', 'vercel', { 'x-vercel-signature': hmac('sha1', 'key', body) }),
  made('Meta', 'meta', { 'X-Hub-Signature-256': `sha256=${sha256('key', body)}` }),
  made('Meta, SHA-1', 'meta', { 'X-Hub-Signature': `sha1=${hmac('sha1', 'key', body)}` }),
  made('DocuSign', 'docusign', {
    'X-DocuSign-Signature-1': sha256('an older key', body, 'base64'),
    'X-DocuSign-Signature-2': sha256('key', body, 'base64'),
  }),
  made(
    'Calendly',
    'calendly',
    {
      'Calendly-Webhook-Signature': `t=${at},v1=${sha256('key', `${at}.${body}`)}`,
    },
    { at },
  ),
  made(
    'WorkOS',
    'workos',
    {
      'WorkOS-Signature': `t=${at}123, v1=${sha256('key', `${at}123.${body}`)}`,
    },
    { at },
  ),
  made(
    'ElevenLabs',
    'elevenlabs',
    {
      'ElevenLabs-Signature': `t=${at},v0=${sha256('key', `${at}.${body}`)}`,
    },
    { at },
  ),
  made(
    'Zoom',
    'zoom',
    {
      'x-zm-request-timestamp': String(at),
      'x-zm-signature': `v0=${sha256('key', `v0:${at}:${body}`)}`,
    },
    { at },
  ),
  made(
    'Zendesk',
    'zendesk',
    {
      'X-Zendesk-Webhook-Signature-Timestamp': '2023-11-14T22:13:20Z',
      'X-Zendesk-Webhook-Signature': sha256('key', `2023-11-14T22:13:20Z${body}`, 'base64'),
    },
    { at },
  ),
  made(
    'Discord',
    'discord',
    {
      'X-Signature-Timestamp': String(at),
      'X-Signature-Ed25519': signed(`${at}${body}`).toString('hex'),
    },
    { secret: rawKey.toString('hex'), at },
  ),
  made('Square', 'square', { 'x-square-hmacsha256-signature': sha256('key', url + body, 'base64') }, { url }),
  made(
    'HubSpot, version 3',
    'hubspot',
    {
      'X-HubSpot-Request-Timestamp': `${at}000`,
      'X-HubSpot-Signature-v3': sha256(
        'key',
        `POSThttps://hooks.example.com/wh_0123456789abcdefABCDEF/a/b?x=1,2&y=%20z${body}${at}000`,
        'base64',
      ),
    },
    { url, at },
  ),
  made(
    'Twilio, JSON',
    'twilio',
    {
      'Content-Type': 'application/json',
      'X-Twilio-Signature': hmac('sha1', 'key', jsonUrl, 'base64'),
    },
    { url: jsonUrl },
  ),
  made(
    'Twilio, with the port',
    'twilio',
    {
      'X-Twilio-Signature': hmac('sha1', 'key', 'https://hooks.example.com:443/a?b=c', 'base64'),
    },
    { url: 'https://hooks.example.com/a?b=c', body: '' },
  ),
  made(
    'Twilio, without the port, older escapes',
    'twilio',
    {
      'X-Twilio-Signature': hmac(
        'sha1',
        'key',
        'http://hooks.example.com/a?b=%27c%27'.replace(/%27/g, "'"),
        'base64',
      ),
    },
    { url: "http://hooks.example.com:8080/a?b='c'", body: '' },
  ),
  made(
    'Mailgun, mail with an attachment',
    'mailgun',
    { 'Content-Type': 'multipart/form-data; boundary=b' },
    { body: `${mailgunParts}--b--\r\n`, at },
  ),
  made(
    'Mailgun',
    'mailgun',
    { 'Content-Type': 'application/json' },
    {
      body: JSON.stringify({ signature: mailgun, 'event-data': {} }),
      at,
    },
  ),
  made(
    'Mailgun, form',
    'mailgun',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    {
      body: new URLSearchParams({ subject: 'x', ...mailgun }).toString(),
      at,
    },
  ),
  made('Microsoft Graph', 'microsoft-graph', { 'Content-Type': 'application/json' }, { body: graph('key') }),
  made('own sender, base64', 'hmac-sha256', { 'X-Signature': sha256('key', body, 'base64') }),
]
