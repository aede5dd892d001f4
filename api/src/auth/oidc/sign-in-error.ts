import type { SignInErrorCode } from '@whook/shared'

/** A sign-in that ends on the sign-in page. The code is for the person; the message and the cause are for the log. */
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
