import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

interface CertificateOptions {
  name: string
  /** The issuer. Default: self-signed. */
  issuer?: Made
  /** Signing key, if not the key of the issuer. */
  signedWith?: KeyObject
  validFrom?: Date
  validTo?: Date
  /** Whether the certificate may issue others. */
  ca?: boolean
  keyBits?: number
}

export interface Made {
  pem: string
  /** The subject name, DER. */
  subject: Buffer
  privateKey: KeyObject
}

/** Returns a certificate (RFC 5280) for a test. Encoded here, because openssl may not be installed. */
export function makeCertificate(options: CertificateOptions): Made {
  const { name, issuer, validFrom, validTo, ca = false, keyBits = 2048 } = options
  const subject = named(name)
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: keyBits })
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sha256WithRsa,
    issuer?.subject ?? subject,
    sequence(time(validFrom ?? new Date('2020-01-01')), time(validTo ?? new Date('2090-01-01'))),
    subject,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(
      0xa3,
      sequence(sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, basicConstraints(ca)))),
    ),
  )
  const signature = sign('sha256', content, options.signedWith ?? issuer?.privateKey ?? privateKey)
  const whole = sequence(content, sha256WithRsa, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n')
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, subject, privateKey }
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const integer = (bytes: Buffer) => der(0x02, bytes)
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const sha256WithRsa = sequence(oid('2a864886f70d01010b'), der(0x05))
const named = (name: string) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
const time = (date: Date) => der(0x18, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))
const basicConstraints = (ca: boolean) => sequence(...(ca ? [der(0x01, Buffer.from([0xff]))] : []))
