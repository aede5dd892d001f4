import type { VerificationProvider, VerificationResult } from '../../src/index.js'
import { readHeaders } from './read-headers.js'
import type { Evidence, Scheme } from './scheme.js'
import { schemesOf } from './schemes.js'

export interface SignedRequest {
  provider: VerificationProvider
  /** Newest first; any of them may have signed. */
  secrets: readonly string[]
  method: string
  /** The canonical one, path and query as sent: see SignedCall. */
  url: string
  /** As captured: name, value, name, value. */
  rawHeaders: readonly string[]
  /** The exact bytes received: nothing here changes them. */
  body: Buffer
  /** When the request arrived, in milliseconds: it may be judged long after. */
  receivedAtMs: number
}

/** Rotation needs two. More are tried by nobody honest, and each costs a hash of the body where keys are asymmetric. */
const signaturesMax = 10

/**
 * Whether the sender holds one of the secrets, by its provider's own scheme. The request is kept whatever the answer:
 * the reason is for its reader.
 */
export function verifySignature(request: SignedRequest): VerificationResult {
  const reason = faultOf(request)
  return { outcome: reason === null ? 'verified' : 'failed', provider: request.provider, reason }
}

function faultOf({ provider, secrets, method, url, rawHeaders, body, receivedAtMs }: SignedRequest) {
  const headers = readHeaders(rawHeaders)
  const schemes = schemesOf[provider]
  const scheme = schemes.find(({ header }) => header === undefined || headers.has(header))
  if (!scheme) return `The header ${schemes.map(({ header }) => header).join(' or ')} is missing`

  for (const name of neededHeaders(scheme)) {
    const values = headers.get(name) ?? []
    if (values.length === 0) return `The header ${name} is missing`
    if (values.length > 1) return `The header ${name} came ${values.length} times`
  }
  const header = (name: string) => {
    const values = headers.get(name)
    return values?.length === 1 ? values[0] : undefined
  }
  const evidence = scheme.read({ header, method, url, body })
  if (typeof evidence === 'string') return evidence
  return timeFault(scheme, evidence, receivedAtMs) ?? signatureFault(scheme, evidence, secrets)
}

const neededHeaders = ({ header, alsoHeaders = [] }: Scheme) =>
  header === undefined ? alsoHeaders : [header, ...alsoHeaders]

/** Both ways: a timestamp from the future is as wrong as an old one. */
function timeFault(
  { toleranceSeconds }: Scheme,
  { timestampMs }: Evidence,
  receivedAtMs: number,
): string | null {
  if (toleranceSeconds === undefined || timestampMs === undefined) return null
  if (Number.isNaN(timestampMs)) return 'The timestamp is not a time'
  const seconds = Math.round((receivedAtMs - timestampMs) / 1000)
  if (Math.abs(seconds) <= toleranceSeconds) return null
  const how = seconds > 0 ? `${seconds} seconds old` : `${-seconds} seconds in the future`
  return `The timestamp is ${how}; ${toleranceSeconds} are allowed`
}

function signatureFault(
  { header, judge, plainSecret }: Scheme,
  { signatures, contents }: Evidence,
  secrets: readonly string[],
): string | null {
  if (secrets.length === 0) return 'No secret is set yet'
  if (signatures.length === 0)
    return `The ${header ? `header ${header}` : 'body'} carries no signature of a known kind`
  const tried = signatures.slice(0, signaturesMax)
  const matches = secrets.some((secret) => contents.some((content) => tried.some(judge(secret, content))))
  if (matches) return null
  return plainSecret
    ? 'The token is not the secret'
    : 'No signature matches: another secret, or changed bytes'
}
