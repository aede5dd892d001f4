import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { secretFault } from './secret-fault.js'

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
const spki = p256.export({ format: 'der', type: 'spki' }).toString('base64')

it.each([
  ['standard', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', undefined],
  ['standard', 'whsec_', /not base64/],
  ['standard', 'v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', undefined],
  ['standard', 'polar_whs_x', undefined],
  ['standard', 'whpk_AAAA', /32 bytes/],
  ['discord', 'ab'.repeat(32), undefined],
  ['discord', 'a client secret', /64 hexadecimal digits/],
  ['sendgrid', spki, undefined],
  ['sendgrid', 'SG.an-api-key', /MFkw/],
  ['amazon-sns', 'arn:aws:sns:eu-west-1:123456789012:orders', undefined],
  ['amazon-sns', 'arn:aws-cn:sns:cn-north-1:123456789012:orders.fifo', undefined],
  ['amazon-sns', 'arn:aws:sns:eu-west-1:123456789012:*', /is not a topic/],
  ['amazon-sns', 'orders', /is not a topic/],
  ['paypal', '1JE4291016473214C', undefined],
  ['paypal', 'a|b', /not a Webhook ID/],
  ['github', 'anything', undefined],
] as const)('returns for %s with the secret %s: %s', (provider, secret, fault) => {
  if (fault === undefined) expect(secretFault(provider, secret)).toBeUndefined()
  else expect(secretFault(provider, secret)).toMatch(fault)
})
