import { createBoundedCache } from '../bounded-cache.js'
import { monotonicMs } from '../clock.js'
import type { OutboundCall, Outcome } from '../outbound/guarded-client.js'
import { readChain, type Chain } from './certificate-chain.js'

/** `passes`: the error is temporary. */
type Fetched = { chain: Chain } | { fault: string; passes: boolean }

interface CertificatesOptions {
  /** `send` of the guarded client. */
  send: (call: OutboundCall) => Promise<Outcome>
  now?: () => number
  timeoutMs?: number
  bytesMax?: number
  entriesMax?: number
  /** Certificates are fetched again after a day, ... */
  freshMs?: number
  /** ... and after an error soon: the provider may be available again. The delay bounds requests to invalid URLs. */
  faultFreshMs?: number
}

/** Caches certificates by URL with one fetch at a time per URL. Callers must check the hosts of URLs. */
export function createCertificates({
  send,
  now = monotonicMs,
  timeoutMs = 5000,
  bytesMax = 64 * 1024,
  entriesMax = 100,
  freshMs = 24 * 3_600_000,
  faultFreshMs = 20_000,
}: CertificatesOptions) {
  const certificates = createBoundedCache<string, Fetched>({ entriesMax, now })
  const fetching = new Map<string, Promise<Fetched>>()

  async function fetch(url: string): Promise<Fetched> {
    const fetched = read(
      await send({
        tenant: 'certificates',
        method: 'GET',
        url,
        headers: [],
        body: Buffer.alloc(0),
        timeoutMs,
        responseBytesMax: bytesMax,
      }),
    )
    certificates.set(url, fetched, now() + ('chain' in fetched ? freshMs : faultFreshMs))
    return fetched
  }

  function read(outcome: Outcome): Fetched {
    const fault = (what: string, passes: boolean) => ({
      fault: `The certificate could not be fetched: ${what}`,
      passes,
    })
    if (outcome.kind === 'failure') return fault(outcome.message, outcome.outcome !== 'policy')
    const { statusCode, body, bodySize, brokenOff } = outcome
    if (statusCode !== 200) return fault(`HTTP ${statusCode}`, statusCode >= 500 || statusCode === 429)
    if (brokenOff) return fault(brokenOff, true)
    if (bodySize > bytesMax) return fault(`it is larger than ${bytesMax} bytes`, false)
    const chain = readChain(body.toString('latin1'))
    return typeof chain === 'string' ? { fault: chain, passes: false } : { chain }
  }

  return {
    get(url: string): Promise<Fetched> {
      const known = certificates.use(url)
      if (known) return Promise.resolve(known)
      const started = fetching.get(url)
      if (started) return started
      const promise = fetch(url).finally(() => fetching.delete(url))
      fetching.set(url, promise)
      return promise
    },
  }
}

export type Certificates = ReturnType<typeof createCertificates>
