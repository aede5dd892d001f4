import { describe, expect, it } from 'vitest'
import { createSecretBox } from './secrets.js'

const [old, next] = [
  'an old key of more than thirty-two letters',
  'a new key of more than thirty-two letters',
]
const box = createSecretBox({ secretKey: old })

describe('createSecretBox', () => {
  it('opens a sealed value, and never returns the same ciphertext twice', () => {
    const sealed = box.seal('destination_secret:secret:1', 'whsec_x')
    expect(box.open('destination_secret:secret:1', sealed)).toBe('whsec_x')
    expect(box.seal('destination_secret:secret:1', 'whsec_x')).not.toBe(sealed)
    expect(sealed).not.toContain('whsec_x')
  })

  it('throws for a value that was moved to another row', () => {
    expect(() =>
      box.open('destination_secret:secret:2', box.seal('destination_secret:secret:1', 'x')),
    ).toThrow()
  })

  it('throws for a value with a changed byte', () => {
    const sealed = box.seal('p', 'secret')
    const bytes = Buffer.from(sealed.split(':')[3]!, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes)
      changed[i] = changed[i]! ^ 1
      const forged = [...sealed.split(':').slice(0, 3), changed.toString('base64url')].join(':')
      expect(() => box.open('p', forged)).toThrow()
    }
  })

  it('opens old values as stale after a rotation, and seals with the new key', () => {
    const sealed = box.seal('p', 'secret')
    const rotated = createSecretBox({ secretKey: next, oldSecretKeys: [old] })
    expect(rotated.open('p', sealed)).toBe('secret')
    expect(rotated.isStale(sealed)).toBe(true)
    expect(rotated.isStale(rotated.seal('p', 'secret'))).toBe(false)
    expect(() => createSecretBox({ secretKey: next }).open('p', sealed)).toThrow(/SECRET_KEYS_OLD/)
  })
})
