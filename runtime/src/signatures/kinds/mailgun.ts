import { decoded, fromHex } from '../bytes.js'
import { createBodyReader, createPathSet } from '../../content/body-reader.js'
import { sizeFault } from '../json.js'
import { hmacSha256 } from '../judges.js'
import type { Scheme, SignedCall } from '../scheme.js'
import { inSeconds } from '../times.js'

/** Only timestamp and token are signed: the signature proves the sender Mailgun, but does not protect the payload. */
export function mailgun(): Scheme {
  return {
    toleranceSeconds: 300,
    read: (call) => {
      const fault = isForm(call) ? null : sizeFault(call.body)
      if (fault) return fault
      const [timestamp, token, signature] = signedFields(call)
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

const isForm = (call: SignedCall) =>
  /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(call.header('content-type') ?? '')

/** Members of the object `signature` in JSON, or fields of a form. The form is multipart for mails with attachments. */
function signedFields(call: SignedCall): unknown[] {
  const set = createPathSet()
  const names = ['timestamp', 'token', 'signature']
  const named = isForm(call)
  for (const name of names) set.add(named ? [name] : ['signature', name])
  const content = { body: call.body, contentType: call.header('content-type') ?? '', contentEncoding: '' }
  return createBodyReader(() => content)
    .values(set)
    .map(([field]) => (typeof field === 'number' ? String(field) : field))
}
