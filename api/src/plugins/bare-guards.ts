/** Security headers of responses that bypass the hooks. Such a response is not a page, so no script may run in it. */
export const bareGuards = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'referrer-policy': 'no-referrer',
} as const
