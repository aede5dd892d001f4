import { ApiError, type FieldError, type VerificationInput } from '@whook/shared'
import { secretFault } from '@whook/shared/server/verify-signature/secret-fault'

/** What can never verify a call, or is asked for by nobody, is told when it is saved. */
export function checkVerification({ provider, secrets, verifyToken }: VerificationInput): void {
  const errors: FieldError[] = secrets.flatMap((secret, index) => {
    const message = secretFault(provider, secret)
    return message ? [{ path: `/verification/secrets/${index}`, message }] : []
  })
  if (secrets.length === 0 && provider !== 'asana') {
    errors.push({ path: '/verification/secrets', message: 'needs one at least' })
  }
  if (verifyToken !== undefined && provider !== 'meta') {
    errors.push({ path: '/verification/verifyToken', message: `${provider} sends none` })
  }
  if (errors.length > 0) throw new ApiError('validation', { errors })
}
