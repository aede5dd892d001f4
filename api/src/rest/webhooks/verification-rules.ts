import { ApiError, type FieldError, type VerificationInput } from '@whook/shared'
import { secretFault } from '@whook/runtime/signatures/secret-fault'

/**
 * Returns the input with trimmed secrets: copy and paste adds blanks and newlines, and secrets never start or end with
 * them. Throws ApiError (400) for a secret that cannot verify any request.
 */
export function checkVerification(input: VerificationInput): VerificationInput {
  const { provider } = input
  const secrets = input.secrets.map((secret) => secret.trim())
  const verifyToken = input.verifyToken?.trim()
  const errors: FieldError[] = secrets.flatMap((secret, index) => {
    const message = secret === '' ? 'is blank' : secretFault(provider, secret)
    return message ? [{ path: `/verification/secrets/${index}`, message }] : []
  })
  if (secrets.length === 0 && provider !== 'asana') {
    errors.push({ path: '/verification/secrets', message: 'must have at least one secret' })
  }
  if (verifyToken === '') errors.push({ path: '/verification/verifyToken', message: 'is blank' })
  if (verifyToken !== undefined && provider !== 'meta') {
    errors.push({
      path: '/verification/verifyToken',
      message: `must be empty: ${provider} does not send one`,
    })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
  return { provider, secrets, ...(verifyToken === undefined ? {} : { verifyToken }) }
}
