import { describe, expect, it } from 'vitest'
import { createSecretBox, secretContexts } from './secrets.js'

const [old, next] = [
  'an old key of more than thirty-two letters',
  'a new key of more than thirty-two letters',
]
const box = createSecretBox({ secretKey: old })
const context = secretContexts.signingSecret('1')

describe('createSecretBox', () => {
  it('opens a sealed value, and never returns the same ciphertext twice', () => {
    const sealed = box.seal(context, 'whsec_x')
    expect(box.open(context, sealed)).toBe('whsec_x')
    expect(box.seal(context, 'whsec_x')).not.toBe(sealed)
    expect(sealed).not.toContain('whsec_x')
  })

  it('opens values of both contexts that earlier versions stored', () => {
    const signingSecret = 'v1:YB1W0L8a:yfcZEV90aQXSaR8v:ld1EUKFEPmKGrvrSkYDDyZpWunU7xd4'
    const verifyToken = 'v1:YB1W0L8a:U38Xkf7e_smc-ikg:DvA7ivDCXQmGY-0maAjGknXPwe_z'
    expect(box.open(context, signingSecret)).toBe('whsec_x')
    expect(box.open(secretContexts.verification('1'), verifyToken)).toBe('token')
  })

  it('accepts only a context of the list', () => {
    // @ts-expect-error A plain text is not a context.
    expect(box.open('destination_secret:secret:1', box.seal(context, 'x'))).toBe('x')
  })

  it('throws for a value that was moved to another row', () => {
    expect(() => box.open(secretContexts.signingSecret('2'), box.seal(context, 'x'))).toThrow()
    expect(() => box.open(secretContexts.verification('1'), box.seal(context, 'x'))).toThrow()
  })

  it('throws for a value with a changed byte', () => {
    const sealed = box.seal(context, 'secret')
    const bytes = Buffer.from(sealed.split(':')[3]!, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes)
      changed[i] = changed[i]! ^ 1
      const forged = [...sealed.split(':').slice(0, 3), changed.toString('base64url')].join(':')
      expect(() => box.open(context, forged)).toThrow()
    }
  })

  it('opens old values as stale after a rotation, and seals with the new key', () => {
    const sealed = box.seal(context, 'secret')
    const rotated = createSecretBox({ secretKey: next, oldSecretKeys: [old] })
    expect(rotated.open(context, sealed)).toBe('secret')
    expect(rotated.isStale(sealed)).toBe(true)
    expect(rotated.isStale(rotated.seal(context, 'secret'))).toBe(false)
    expect(() => createSecretBox({ secretKey: next }).open(context, sealed)).toThrow(/SECRET_KEYS_OLD/)
  })
})
