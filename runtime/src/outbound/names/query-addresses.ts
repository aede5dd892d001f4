import type { Resolver } from 'node:dns/promises'
import type { Address } from './system-files.js'

export interface Found {
  /** IPv4 first. */
  addresses: Address[]
  /** The smallest TTL of the records. */
  ttlSeconds: number
}

/** `code` is an error code of c-ares: see dnsCauses. */
export class NameLookupError extends Error {
  constructor(readonly code: string) {
    super(`name lookup failed: ${code}`)
    this.name = 'NameLookupError'
  }
}

interface QueryOptions {
  timeoutMs: number
  /** Called when both queries have ended, which may be after the timeout. */
  settled: () => void
}

type FamilyAnswer = { records: { address: string; ttl: number }[] } | { code: string }

/** Wait for IPv6 addresses after IPv4 addresses have arrived (RFC 8305 section 3, "Resolution Delay"). */
const resolutionDelayMs = 50

/** Queries A and AAAA records in parallel. c-ares uses sockets on the event loop and blocks no thread. */
export function queryAddresses(
  resolver: Pick<Resolver, 'resolve4' | 'resolve6'>,
  name: string,
  { timeoutMs, settled }: QueryOptions,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const answers: Partial<Record<4 | 6, FamilyAnswer>> = {}
    let timer = setTimeout(finish, timeoutMs)

    function arrived(family: 4 | 6, answer: FamilyAnswer) {
      answers[family] = answer
      if (answers[4] && answers[6]) {
        settled()
        finish()
      } else if (family === 4 && recordsOf(answer).length > 0) {
        clearTimeout(timer)
        timer = setTimeout(finish, Math.min(resolutionDelayMs, timeoutMs))
      }
    }

    function finish() {
      clearTimeout(timer)
      const found = ([4, 6] as const).flatMap((family) =>
        recordsOf(answers[family]).map(({ address, ttl }) => ({ address, ttl, family })),
      )
      if (found.length === 0) return reject(new NameLookupError(worstOf(answers[4], answers[6])))
      resolve({
        addresses: found.map(({ address, family }) => ({ address, family })),
        ttlSeconds: Math.min(...found.map(({ ttl }) => ttl)),
      })
    }

    const failed = (family: 4 | 6) => (error: { code?: string }) =>
      arrived(family, { code: error.code ?? 'EUNKNOWN' })
    resolver.resolve4(name, { ttl: true }).then((records) => arrived(4, { records }), failed(4))
    resolver.resolve6(name, { ttl: true }).then((records) => arrived(6, { records }), failed(6))
  })
}

const recordsOf = (answer: FamilyAnswer | undefined) => (answer && 'records' in answer ? answer.records : [])

/** Returns an error code. A name certainly has no addresses only when both queries return that. */
function worstOf(...answers: (FamilyAnswer | undefined)[]): string {
  const codes = answers.map((answer) => (answer === undefined ? 'ETIMEOUT' : codeOf(answer)))
  const uncertain = codes.find((code) => code !== 'ENODATA' && code !== 'ENOTFOUND')
  return uncertain ?? codes.find((code) => code === 'ENODATA') ?? 'ENOTFOUND'
}

const codeOf = (answer: FamilyAnswer) => ('code' in answer ? answer.code : 'ENODATA')
