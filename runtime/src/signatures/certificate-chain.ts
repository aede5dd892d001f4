import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'

/** The signer's certificate, then the certificate of its issuer, and so on. */
export type Chain = readonly X509Certificate[]

const certificatesMax = 10
const keyBitsMin = 2048
const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/**
 * Returns the chain in a file of certificates with the signer's first, or an error message. Each certificate of the chain
 * must be issued and signed by the next one, which must be an authority. When the last names a root of Node as its issuer,
 * that root must have signed it. Does not search for other issuers, and does not check revocations.
 */
export function readChain(text: string): Chain | string {
  const found = text.match(pem)
  if (!found) return 'The certificate is not in PEM format'
  if (found.length > certificatesMax) return 'The certificate file has too many certificates'
  try {
    const [signer, ...others] = found.map((one) => new X509Certificate(one))
    const { asymmetricKeyType, asymmetricKeyDetails } = signer!.publicKey
    if (asymmetricKeyType !== 'rsa' || asymmetricKeyDetails!.modulusLength! < keyBitsMin)
      return `The key of the certificate is not RSA of ${keyBitsMin} bits`
    const chain = [signer!]
    for (let next = issuer(signer!, others); next; next = issuer(chain.at(-1)!, others)) chain.push(next)
    if (others.length > 0 && chain.length === 1) return 'The issuer of the certificate is not in its file'
    return isForged(chain.at(-1)!) ? 'The root that the certificate names did not sign it' : chain
  } catch {
    return 'The certificate cannot be read'
  }
}

/** Returns the issuer's certificate. A root, which issued itself, ends the chain. */
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

/** Returns an error for the first certificate that was not valid at the time in milliseconds; null when all were. */
export function dateFault(chain: Chain, atMs: number): string | null {
  for (const [index, { validFrom, validTo }] of chain.entries()) {
    const which = index === 0 ? 'The certificate' : 'A certificate above it'
    if (!(atMs >= Date.parse(validFrom))) return `${which} is valid only from ${validFrom}`
    if (!(atMs <= Date.parse(validTo))) return `${which} was valid only until ${validTo}`
  }
  return null
}
