import type { Config } from '@whook/runtime/config'
import { SignInError } from './sign-in-error.js'
import type { IdClaims } from './verify-id-token.js'

type Lists = Pick<Config, 'allowedEmails' | 'allowedDomains'>

/**
 * Whether a proven identity may come in. Answers the e-mail; throws SignInError. With Google a domain means a Workspace
 * (`hd`): anybody may open a private Google account on an address of a domain.
 */
export function checkAdmission(claims: IdClaims, { allowedEmails, allowedDomains }: Lists): string {
  const { iss, email, email_verified: verified, hd } = claims
  if (!email || verified !== true)
    throw new SignInError('email-unverified', 'no verified e-mail in the id_token')
  if (allowedEmails.length === 0 && allowedDomains.length === 0) return email

  const address = lower(email)
  if (allowedEmails.includes(address)) return email
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const isGoogle = /^(https:\/\/)?accounts\.google\.com$/.test(iss)
  const member = allowedDomains.includes(domain) && (!isGoogle || allowedDomains.includes(lower(hd ?? '')))
  if (!member)
    throw new SignInError('not-allowed', 'neither ALLOWED_EMAILS nor ALLOWED_DOMAINS has this account')
  return email
}

/** ASCII only: by Unicode's rules the Kelvin sign becomes a k, and a look-alike would pass for somebody on the list. */
const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
