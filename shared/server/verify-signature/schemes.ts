import { createHmac } from 'node:crypto'
import type { VerificationProvider } from '../../src/index.js'
import { fromBase64, fromHex } from './bytes.js'

export interface Evidence {
  /** Decoded; several while a sender rotates its secret. */
  signatures: Buffer[]
  /** What was signed, in parts. */
  content: (string | Buffer)[]
  /** When it was signed, where the scheme says; NaN when what it says is no number. */
  timestampMs?: number
}

type Header = (name: string) => string | undefined

export interface Scheme {
  /** Tells that this scheme is in use; must come exactly once. */
  header: string
  /** Must come exactly once too. */
  alsoHeaders?: string[]
  /** What the request brings, or what is wrong with it in words. */
  read: (header: Header, body: Buffer) => Evidence | string
  sign: (secret: string, content: Evidence['content']) => Buffer
  toleranceSeconds?: number
  /** The header is the secret itself. */
  plainSecret?: boolean
}

/** Of every entry: the raw bytes are signed, and any one of several signatures suffices. */
export const schemesOf: Record<VerificationProvider, Scheme[]> = {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  standard: [standardWebhooks('webhook'), standardWebhooks('svix')],
  // https://docs.stripe.com/webhooks#verify-manually (v0 is for test events of old, never accepted)
  stripe: [listed('stripe-signature', { separator: ',', time: 't', signature: 'v1', joint: '.' })],
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  github: [ofBody('x-hub-signature-256', { prefix: 'sha256=', decode: fromHex })],
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: [
    ofBody('x-shopify-hmac-sha256', { decode: fromBase64 }),
    ofBody('shopify-hmac-sha256', { decode: fromBase64 }),
  ],
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  slack: [slack()],
  // https://docs.gitlab.com/user/project/integrations/webhooks (a signing token, or the older bare secret)
  gitlab: [standardWebhooks('webhook'), bareToken('x-gitlab-token')],
  // https://linear.app/developers/webhooks#securing-webhooks
  linear: [linear()],
  // https://developer.paddle.com/webhooks/signature-verification (its SDK allows 5 seconds; a queue needs more)
  paddle: [listed('paddle-signature', { separator: ';', time: 'ts', signature: 'h1', joint: ':' })],
  // Senders of one's own, and Bitbucket, Jira, Dropbox and the like: HMAC-SHA256 of the body, hex or base64.
  'hmac-sha256': [
    'x-signature',
    'x-signature-256',
    'x-webhook-signature',
    'x-hub-signature-256',
    'x-hub-signature',
    'x-hmac-sha256',
  ].map((header) =>
    ofBody(header, { prefix: /^(sha256|v1)=/, decode: (text) => fromHex(text) ?? fromBase64(text) }),
  ),
}

function standardWebhooks(family: 'webhook' | 'svix'): Scheme {
  return {
    header: `${family}-signature`,
    alsoHeaders: [`${family}-id`, `${family}-timestamp`],
    toleranceSeconds: 300,
    read: (header, body) => {
      const [id, timestamp] = [header(`${family}-id`)!, header(`${family}-timestamp`)!]
      const versions = header(`${family}-signature`)!.split(' ')
      return {
        signatures: decoded(versions, 'v1,', fromBase64),
        content: [`${id}.${timestamp}.`, body],
        timestampMs: seconds(timestamp),
      }
    },
    sign: (secret, content) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      // A secret that is no base64 is an empty key, and anybody can sign with that one.
      return key.length > 0 ? hmac(key, content) : key
    },
  }
}

/** `t=1,v1=aa,v1=bb`: a time and signatures in one header. */
function listed(
  header: string,
  { separator, time, signature, joint }: Record<'separator' | 'time' | 'signature' | 'joint', string>,
): Scheme {
  return {
    header,
    toleranceSeconds: 300,
    read: (value, body) => {
      const items = value(header)!.split(separator)
      const times = items.filter((item) => item.startsWith(`${time}=`))
      if (times.length !== 1) return `The header ${header} does not say one "${time}="`
      const timestamp = times[0]!.slice(time.length + 1)
      return {
        signatures: decoded(items, `${signature}=`, fromHex),
        content: [`${timestamp}${joint}`, body],
        timestampMs: seconds(timestamp),
      }
    },
    sign: hmac,
  }
}

interface Encoding {
  prefix?: string | RegExp
  decode: (text: string) => Buffer | undefined
}

function ofBody(header: string, { prefix = '', decode }: Encoding): Scheme {
  return {
    header,
    read: (value, body) => ({ signatures: decoded([value(header)!], prefix, decode), content: [body] }),
    sign: hmac,
  }
}

function slack(): Scheme {
  const [header, time] = ['x-slack-signature', 'x-slack-request-timestamp']
  return {
    header,
    alsoHeaders: [time],
    toleranceSeconds: 300,
    read: (value, body) => ({
      signatures: decoded([value(header)!], 'v0=', fromHex),
      content: [`v0:${value(time)}:`, body],
      timestampMs: seconds(value(time)!),
    }),
    sign: hmac,
  }
}

/** The time is a signed field of the body; the header that repeats it is not signed, so it is not asked. */
function linear(): Scheme {
  return {
    ...ofBody('linear-signature', { decode: fromHex }),
    toleranceSeconds: 60,
    read: (value, body) => ({
      signatures: decoded([value('linear-signature')!], '', fromHex),
      content: [body],
      timestampMs: fieldOf(body, 'webhookTimestamp'),
    }),
  }
}

function bareToken(header: string): Scheme {
  return {
    header,
    plainSecret: true,
    read: (value) => ({ signatures: [Buffer.from(value(header)!, 'latin1')], content: [] }),
    sign: (secret) => Buffer.from(secret),
  }
}

function hmac(key: string | Buffer, content: Evidence['content']): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of content) mac.update(part)
  return mac.digest()
}

/** The signatures of the wanted kind; others (older versions, other algorithms) are passed over. */
function decoded(items: string[], prefix: string | RegExp, decode: Encoding['decode']): Buffer[] {
  return items.flatMap((item) => {
    if (typeof prefix === 'string' && !item.startsWith(prefix)) return []
    const bytes = decode(typeof prefix === 'string' ? item.slice(prefix.length) : item.replace(prefix, ''))
    return bytes ? [bytes] : []
  })
}

const seconds = (text: string) => (/^\d{1,12}$/.test(text) ? Number(text) * 1000 : NaN)

function fieldOf(body: Buffer, name: string): number | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    const field = (value as Record<string, unknown> | null)?.[name]
    return field === undefined ? undefined : typeof field === 'number' ? field : NaN
  } catch {
    // The signature decides about bytes that are no JSON; they carry no time.
    return undefined
  }
}
