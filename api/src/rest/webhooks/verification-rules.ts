import { ApiError, type FieldError, type VerificationInput } from '@whook/shared'
import { secretFault } from '@whook/runtime/signatures/secret-fault'

/**
 * The secrets without the blanks and newlines that a copy and paste adds: no provider's secret has them at its ends. A
 * secret that can never verify a request is refused here.
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
    errors.push({ path: '/verification/secrets', message: 'needs one at least' })
  }
  if (verifyToken === '') errors.push({ path: '/verification/verifyToken', message: 'is blank' })
  if (verifyToken !== undefined && provider !== 'meta') {
    errors.push({ path: '/verification/verifyToken', message: `${provider} sends none` })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
  return { provider, secrets, ...(verifyToken === undefined ? {} : { verifyToken }) }
}
