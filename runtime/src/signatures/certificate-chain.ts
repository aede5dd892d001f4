import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'

/** The signer's certificate, then who issued it, and so on. */
export type Chain = readonly X509Certificate[]

const certificatesMax = 10
const keyBitsMin = 2048
const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/**
 * Reads a file of certificates, the signer's first; in words, what is wrong with it. What came with the signer's has to
 * hang together: each link is issued and signed by the next, which may issue, as far as the file goes. Where the last is
 * said to be issued by a root that Node knows, that root has signed it. No further: an issuer that is neither in the file
 * nor among the roots is not looked for, nor are revocations.
 */
export function readChain(text: string): Chain | string {
  const found = text.match(pem)
  if (!found) return 'The certificate is no PEM'
  if (found.length > certificatesMax) return 'The certificate comes with too many others'
  try {
    const [signer, ...others] = found.map((one) => new X509Certificate(one))
    const { asymmetricKeyType, asymmetricKeyDetails } = signer!.publicKey
    if (asymmetricKeyType !== 'rsa' || asymmetricKeyDetails!.modulusLength! < keyBitsMin)
      return `The key of the certificate is not RSA of ${keyBitsMin} bits`
    const chain = [signer!]
    for (let next = issuer(signer!, others); next; next = issuer(chain.at(-1)!, others)) chain.push(next)
    if (others.length > 0 && chain.length === 1)
      return 'The certificate was issued by none of those it comes with'
    return isForged(chain.at(-1)!) ? 'The certificate was not signed by the root it names' : chain
  } catch {
    return 'The certificate cannot be read'
  }
}

/** A root issued itself, and ends the search. */
const issuer = (one: X509Certificate, others: readonly X509Certificate[]) =>
  isIssuedBy(one, one) ? undefined : others.find((other) => other.ca && isIssuedBy(one, other))

const isIssuedBy = (one: X509Certificate, other: X509Certificate) =>
  one.checkIssued(other) && one.verify(other.publicKey)

let roots: X509Certificate[] | undefined

function isForged(last: X509Certificate): boolean {
  roots ??= rootCertificates.map((root) => new X509Certificate(root))
  const named = roots.filter((root) => last.checkIssued(root))
  return named.length > 0 && !named.some((root) => last.verify(root.publicKey))
}

/** In words, which certificate of a chain did not hold at that moment, in milliseconds; null when all did. */
export function dateFault(chain: Chain, atMs: number): string | null {
  for (const [index, { validFrom, validTo }] of chain.entries()) {
    const which = index === 0 ? 'The certificate' : 'A certificate above it'
    if (!(atMs >= Date.parse(validFrom))) return `${which} is valid only from ${validFrom}`
    if (!(atMs <= Date.parse(validTo))) return `${which} was valid only until ${validTo}`
  }
  return null
}
