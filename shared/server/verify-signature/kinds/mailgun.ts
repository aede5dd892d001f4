import { parse } from 'node:querystring'
import { decoded, fromHex } from '../bytes.js'
import { fieldOf, readJson } from '../json.js'
import { hmacSha256 } from '../judges.js'
import type { Scheme } from '../scheme.js'
import { inSeconds } from '../times.js'

/** Time and token are signed, nothing else: it says that Mailgun called, not that the payload is its own. */
export function mailgun(): Scheme {
  return {
    toleranceSeconds: 300,
    read: (call) => {
      const isForm = /^application\/x-www-form-urlencoded\b/i.test(call.header('content-type') ?? '')
      const source: unknown = isForm
        ? parse(call.body.toString('utf8'), '&', '=', { maxKeys: 1000 })
        : fieldOf(readJson(call.body), 'signature')
      const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map((name) => {
        const field = fieldOf(source, name)
        return typeof field === 'number' ? String(field) : field
      })
      if (typeof timestamp !== 'string' || typeof token !== 'string' || typeof signature !== 'string') {
        return 'The body has no timestamp, token and signature'
      }
      return {
        signatures: decoded([signature], '', fromHex),
        contents: [[timestamp, token]],
        timestampMs: inSeconds(timestamp),
      }
    },
    judge: hmacSha256,
  }
}
