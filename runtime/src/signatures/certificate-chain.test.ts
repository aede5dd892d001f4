import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { dateFault, readChain } from './certificate-chain.js'
import { makeCertificate } from '@whook/testing/signatures/make-certificate'

const root = makeCertificate({ name: 'root', ca: true })
const middle = makeCertificate({ name: 'middle', issuer: root, ca: true })
const leaf = makeCertificate({ name: 'leaf', issuer: middle })
const names = (...made: { pem: string }[]) => {
  const chain = readChain(made.map(({ pem }) => pem).join('\n'))
  return typeof chain === 'string' ? chain : chain.map(({ subject }) => subject)
}

describe('readChain', () => {
  it('returns the chain of the signer with its issuers in any order', () => {
    expect(names(leaf)).toEqual(['CN=leaf'])
    expect(names(leaf, middle)).toEqual(['CN=leaf', 'CN=middle'])
    expect(names(leaf, root, middle)).toEqual(['CN=leaf', 'CN=middle', 'CN=root'])
    expect(names(root)).toEqual(['CN=root'])
  })

  it('refuses a signer that none of the others issued', () => {
    const none = 'The issuer of the certificate is not in its file'
    expect(names(leaf, root)).toBe(none)
    expect(names(leaf, makeCertificate({ name: 'middle', ca: true }))).toBe(none)
    const forged = makeCertificate({ name: 'leaf', issuer: middle, signedWith: root.privateKey })
    expect(names(forged, middle)).toBe(none)
  })

  it('refuses an issuer that is not an authority', () => {
    const plain = makeCertificate({ name: 'plain' })
    expect(names(makeCertificate({ name: 'below', issuer: plain }), plain)).toMatch(/is not in its file/)
  })

  it('refuses the name of a root without its signature', () => {
    const known = rootCertificates
      .map((pem) => new X509Certificate(pem))
      .find(({ publicKey }) => publicKey.asymmetricKeyType === 'rsa')!
    const borrowed = makeCertificate({ name: 'a', issuer: { ...root, subject: subjectOf(known.raw) } })
    expect(new X509Certificate(borrowed.pem).checkIssued(known)).toBe(true)
    expect(names(borrowed)).toBe('The root that the certificate names did not sign it')
    expect(names({ pem: known.toString() })).toEqual([known.subject])
  })

  it.each([
    ['an empty file', ''],
    ['a page', '<html>'],
    ['a key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['noise', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['too many', leaf.pem + root.pem.repeat(10)],
    ['a short key', makeCertificate({ name: 'short', keyBits: 1024 }).pem],
  ])('refuses %s', (_, text) => {
    expect(readChain(text)).toEqual(expect.stringMatching(/^The (key of the )?certificate /))
  })
})

it('dateFault checks every certificate of the chain', () => {
  const old = makeCertificate({ name: 'old', ca: true, validTo: new Date('2023-01-01T12:00:00Z') })
  const chain = readChain(makeCertificate({ name: 'below', issuer: old }).pem + old.pem)
  if (typeof chain === 'string') throw new Error(chain)
  expect(dateFault(chain, Date.parse('2023-01-01T12:00:00Z'))).toBeNull()
  expect(dateFault(chain, Date.parse('2023-01-01T12:00:01Z'))).toBe(
    'A certificate above it was valid only until Jan  1 12:00:00 2023 GMT',
  )
  expect(dateFault(chain, Date.parse('2019-01-01'))).toMatch(/^The certificate is valid only from Jan {2}1/)
})

/** Returns the raw subject: the sixth field of a certificate of version 3. */
function subjectOf(certificate: Buffer): Buffer {
  const content = (at: number) => at + 2 + (certificate[at + 1]! < 0x80 ? 0 : certificate[at + 1]! & 0x7f)
  const end = (at: number) => {
    const [start, size] = [content(at), certificate[at + 1]!]
    return start + (size < 0x80 ? size : certificate.readUIntBE(at + 2, size & 0x7f))
  }
  let at = content(content(0))
  for (let i = 0; i < 5; i++) at = end(at)
  return certificate.subarray(at, end(at))
}
