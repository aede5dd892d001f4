import type { SignInErrorCode } from '@whook/shared'

/** A failed sign-in. The sign-in page shows the code; the log contains the message and the cause. */
export class SignInError extends Error {
  constructor(
    readonly code: SignInErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause })
    this.name = 'SignInError'
  }
}
