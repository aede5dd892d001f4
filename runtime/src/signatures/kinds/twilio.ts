import { createHash } from 'node:crypto'
import { parse, stringify } from 'node:querystring'
import { decoded, fromBase64, fromHex, sameBytes } from '../bytes.js'
import { hmacSha1 } from '../judges.js'
import type { Scheme, SignedCall } from '../scheme.js'

const header = 'x-twilio-signature'
/** Twilio sends a few dozen fields. The limit bounds the sorting of untrusted fields. */
const formFieldsMax = 1000

/**
 * Twilio signs the URL and the sorted form fields, each name followed by its value. For other bodies, the URL contains
 * their SHA-256. Twilio spells the port and the escapes in the query in different ways, so several spellings are checked.
 */
export function twilio(): Scheme {
  return {
    header,
    read: (call) => {
      const fields = fieldsOf(call)
      if (fields === undefined) return 'The body is not a form, and the bodySHA256 in the URL is not its hash'
      return {
        signatures: decoded([call.header(header)!], '', fromBase64),
        contents: spellings(call.url).map((url) => [url, fields]),
      }
    },
    judge: hmacSha1,
  }
}

function fieldsOf({ header: value, method, url, body }: SignedCall): string | undefined {
  const given = new URL(url).searchParams.get('bodySHA256')
  if (given !== null) {
    const hash = fromHex(given)
    return hash && sameBytes(hash, createHash('sha256').update(body).digest()) ? '' : undefined
  }
  if (method === 'GET' || body.length === 0) return ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(value('content-type') ?? '')) return undefined
  const form = parse(body.toString('utf8'), '&', '=', { maxKeys: formFieldsMax })
  return Object.keys(form)
    .sort()
    .flatMap((name) => [...new Set([form[name] ?? ''].flat())].sort().map((one) => name + one))
    .join('')
}

function spellings(url: string): string[] {
  const parsed = new URL(url)
  const [, origin, rest] = /^([a-z]+:\/\/[^/?#]*)(.*)$/i.exec(parsed.href)!
  const bare = `${parsed.protocol}//${parsed.hostname}`
  const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80')
  const [path, query] = rest!.split(/\?(.*)/s) as [string, string?]
  const older = query ? `${path}?${stringify(parse(query))}` : rest!
  const exact = url.slice(origin!.length)
  const rests = [rest!, exact, older]
  return [...new Set(rests.flatMap((one) => [bare + one, `${bare}:${port}${one}`]))]
}
