import type { VerificationProvider, VerificationResult } from '@whook/shared'
import type { Certificates } from './certificates.js'
import { dateFault } from './certificate-chain.js'
import { signedByKey } from './judges.js'
import { readHeaders } from './read-headers.js'
import type { CertifiedEvidence, Evidence, Scheme } from './scheme.js'
import { schemesOf } from './schemes.js'

export interface SignedRequest {
  provider: VerificationProvider
  /** Newest first. Each of them may be the signing secret. */
  secrets: readonly string[]
  method: string
  /** The canonical URL with path and query as sent: see SignedCall. */
  url: string
  /** Headers as captured: name, value, name, value. */
  rawHeaders: readonly string[]
  /** The exact bytes received. Verification does not change them. */
  body: Buffer
  /** Time of receipt in milliseconds. The verification may run much later. */
  receivedAtMs: number
}

/** A rotation needs two signatures. With asymmetric keys each further one costs a hash of the body. */
const signaturesMax = 10
const noSecret = 'No secret is set yet'
const noMatch = 'No signature matches: another secret, or changed bytes'

/**
 * Verifies a request with the scheme of its provider. `reason` is shown to the user; the request is stored in any case.
 * Returns `pending` when only the certificate of the provider is missing. Fetches nothing: see verifyCertified.
 */
export function verifySignature(request: SignedRequest): VerificationResult {
  const { provider } = request
  const found = findEvidence(request)
  if (typeof found === 'string') return { outcome: 'failed', provider, reason: found }
  if ('certificateUrl' in found.evidence) {
    const contents = contentsOf(found.evidence, request.secrets)
    return typeof contents === 'string'
      ? { outcome: 'failed', provider, reason: contents }
      : { outcome: 'pending', provider, reason: 'The certificate of the sender is being fetched' }
  }
  const reason = signatureFault(found.scheme, found.evidence, request.secrets)
  return { outcome: reason === null ? 'verified' : 'failed', provider, reason }
}

export interface CertifiedResult extends VerificationResult {
  /** URL to fetch after the verification; see CertifiedEvidence. */
  confirmUrl?: string
}

/**
 * Finishes a `pending` verification. Returns `pending` again, with a reason, when the certificate could not be fetched
 * because of a temporary error.
 */
export async function verifyCertified(
  request: SignedRequest,
  certificates: Pick<Certificates, 'get'>,
): Promise<CertifiedResult> {
  const { provider, secrets, receivedAtMs } = request
  const failed = (reason: string) => ({ outcome: 'failed' as const, provider, reason })
  const found = findEvidence(request)
  if (typeof found === 'string') return failed(found)
  if (!('certificateUrl' in found.evidence)) return verifySignature(request)
  const { certificateUrl, signatures, hash, confirmUrl } = found.evidence
  const contents = contentsOf(found.evidence, secrets)
  if (typeof contents === 'string') return failed(contents)

  const fetched = await certificates.get(certificateUrl)
  if ('fault' in fetched)
    return fetched.passes ? { outcome: 'pending', provider, reason: fetched.fault } : failed(fetched.fault)
  const fault = dateFault(fetched.chain, receivedAtMs)
  if (fault) return failed(fault)
  const key = fetched.chain[0]!.publicKey
  const tried = signatures.slice(0, signaturesMax)
  const matches = contents.some((content) => tried.some(signedByKey(key, hash, content)))
  if (!matches) return failed(noMatch)
  return { outcome: 'verified', provider, reason: null, confirmUrl }
}

function findEvidence({ provider, method, url, rawHeaders, body, receivedAtMs }: SignedRequest) {
  const headers = readHeaders(rawHeaders)
  const schemes = schemesOf[provider]
  const scheme = schemes.find(
    ({ header, alternatives = header ? [header] : [] }) =>
      alternatives.length === 0 || alternatives.some((name) => headers.has(name)),
  )
  if (!scheme) {
    const names = schemes.map(({ header, alternatives }) => header ?? alternatives?.[0])
    return `The header ${names.join(' or ')} is missing`
  }

  for (const name of neededHeaders(scheme)) {
    const values = headers.get(name) ?? []
    if (values.length === 0) return `The header ${name} is missing`
    if (values.length > 1) return cameTwice(name, values)
  }
  const twice = scheme.alternatives?.find((name) => (headers.get(name) ?? []).length > 1)
  if (twice) return cameTwice(twice, headers.get(twice)!)
  const header = (name: string) => {
    const values = headers.get(name)
    return values?.length === 1 ? values[0] : undefined
  }
  const evidence = scheme.read({ header, method, url, body })
  if (typeof evidence === 'string') return evidence
  return timeFault(scheme, evidence, receivedAtMs) ?? { scheme, evidence }
}

const cameTwice = (name: string, values: readonly string[]) =>
  `The header ${name} was received ${values.length} times`

/** Returns the possible signed contents, or an error message when none can belong to this webhook. */
function contentsOf({ signatures, contentFor }: CertifiedEvidence, secrets: readonly string[]) {
  if (secrets.length === 0) return noSecret
  if (signatures.length === 0) return 'The request has no signature of a known kind'
  const found = secrets.map(contentFor)
  const contents = found.filter((content) => typeof content !== 'string')
  return contents.length > 0 ? contents : (found[0] as string)
}

const neededHeaders = ({ header, alsoHeaders = [] }: Scheme) =>
  header === undefined ? alsoHeaders : [header, ...alsoHeaders]

/** Returns an error for a timestamp outside the tolerance, in the past or in the future. */
function timeFault(
  { toleranceSeconds }: Scheme,
  { timestampMs }: Pick<Evidence, 'timestampMs'>,
  receivedAtMs: number,
): string | null {
  if (toleranceSeconds === undefined || timestampMs === undefined) return null
  if (Number.isNaN(timestampMs)) return 'The timestamp is not valid'
  const seconds = Math.round((receivedAtMs - timestampMs) / 1000)
  if (Math.abs(seconds) <= toleranceSeconds) return null
  const how = seconds > 0 ? `${seconds} seconds old` : `${-seconds} seconds in the future`
  return `The timestamp is ${how}; the limit is ${toleranceSeconds} seconds`
}

function signatureFault(
  { header, alternatives, judge, plainSecret }: Scheme,
  { signatures, contents }: Evidence,
  secrets: readonly string[],
): string | null {
  if (secrets.length === 0) return noSecret
  if (signatures.length === 0)
    return `The ${header || alternatives ? `header ${header ?? alternatives?.[0]}` : 'body'} has no signature of a known kind`
  const tried = signatures.slice(0, signaturesMax)
  const matches = secrets.some((secret) => contents.some((content) => tried.some(judge(secret, content))))
  if (matches) return null
  return plainSecret ? 'The token differs from the secret' : noMatch
}
