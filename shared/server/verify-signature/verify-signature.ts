import type { VerificationProvider, VerificationResult } from '../../src/index.js'
import { sameBytes } from './bytes.js'
import { readHeaders } from './read-headers.js'
import { schemesOf, type Evidence, type Scheme } from './schemes.js'

export interface SignedRequest {
  provider: VerificationProvider
  /** Newest first; any of them may have signed. */
  secrets: readonly string[]
  /** As captured: name, value, name, value. */
  rawHeaders: readonly string[]
  /** The exact bytes received: nothing here ever decodes them. */
  body: Buffer
  /** When the request arrived, in milliseconds: it may be judged long after. */
  receivedAtMs: number
}

/**
 * Whether the sender holds one of the secrets, by its provider's own scheme. The request is kept whatever the answer:
 * the reason is for its reader.
 */
export function verifySignature(request: SignedRequest): VerificationResult {
  const reason = faultOf(request)
  return { outcome: reason === null ? 'verified' : 'failed', provider: request.provider, reason }
}

function faultOf({ provider, secrets, rawHeaders, body, receivedAtMs }: SignedRequest): string | null {
  const headers = readHeaders(rawHeaders)
  const schemes = schemesOf[provider]
  const scheme = schemes.find(({ header }) => headers.has(header))
  if (!scheme) return `The header ${schemes.map(({ header }) => header).join(' or ')} is missing`

  const needed = [scheme.header, ...(scheme.alsoHeaders ?? [])]
  for (const name of needed) {
    const values = headers.get(name) ?? []
    if (values.length === 0) return `The header ${name} is missing`
    if (values.length > 1) return `The header ${name} came ${values.length} times`
  }
  const evidence = scheme.read((name) => headers.get(name)?.[0], body)
  if (typeof evidence === 'string') return evidence
  return timeFault(scheme, evidence, receivedAtMs) ?? signatureFault(scheme, evidence, secrets)
}

/** Both ways: a timestamp from the future is as wrong as an old one. */
function timeFault(
  { toleranceSeconds }: Scheme,
  { timestampMs }: Evidence,
  receivedAtMs: number,
): string | null {
  if (toleranceSeconds === undefined || timestampMs === undefined) return null
  if (Number.isNaN(timestampMs)) return 'The timestamp is not a number'
  const seconds = Math.round((receivedAtMs - timestampMs) / 1000)
  if (Math.abs(seconds) <= toleranceSeconds) return null
  const how = seconds > 0 ? `${seconds} seconds old` : `${-seconds} seconds in the future`
  return `The timestamp is ${how}; ${toleranceSeconds} are allowed`
}

function signatureFault(
  scheme: Scheme,
  { signatures, content }: Evidence,
  secrets: readonly string[],
): string | null {
  if (signatures.length === 0) return `The header ${scheme.header} carries no signature of a known kind`
  const expected = secrets.map((secret) => scheme.sign(secret, content))
  const matches = signatures.some((given) => expected.some((made) => sameBytes(given, made)))
  if (matches) return null
  return scheme.plainSecret
    ? 'The token is not the secret'
    : 'No signature matches: another secret, or changed bytes'
}
