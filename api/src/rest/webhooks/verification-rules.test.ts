import { expect, it } from 'vitest'
import { checkVerification } from './verification-rules.js'

it('trims pasted secrets', () =>
  expect(
    checkVerification({ provider: 'meta', secrets: [' s3cret\n', '\told '], verifyToken: ' tok\r\n' }),
  ).toEqual({
    provider: 'meta',
    secrets: ['s3cret', 'old'],
    verifyToken: 'tok',
  }))

it.each([
  [{ provider: 'github', secrets: [' \n'] } as const, '/verification/secrets/0'],
  [{ provider: 'meta', secrets: ['a'], verifyToken: ' ' } as const, '/verification/verifyToken'],
])('refuses a blank secret: %j', (input, path) => {
  const check = () => checkVerification({ ...input, secrets: [...input.secrets] })
  expect(check).toThrow(expect.objectContaining({ errors: [{ path, message: 'is blank' }] }))
})
