import type { Config } from '@whook/runtime/config'
import { SignInError } from './sign-in-error.js'
import type { IdClaims } from './verify-id-token.js'

type AllowLists = Pick<Config, 'allowedEmails' | 'allowedDomains'>

/**
 * Returns the e-mail of an identity that may sign in; throws SignInError otherwise. For Google a domain means the
 * Workspace (`hd`): anyone can open a private Google account with an address of any domain.
 */
export function checkAdmission(claims: IdClaims, { allowedEmails, allowedDomains }: AllowLists): string {
  const { iss, email, email_verified: verified, hd } = claims
  if (!email || verified !== true)
    throw new SignInError('email-unverified', 'the id_token has no verified e-mail')
  if (allowedEmails.length === 0 && allowedDomains.length === 0) return email

  const address = lower(email)
  if (allowedEmails.includes(address)) return email
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const isGoogle = /^(https:\/\/)?accounts\.google\.com$/.test(iss)
  const member = allowedDomains.includes(domain) && (!isGoogle || allowedDomains.includes(lower(hd ?? '')))
  if (!member)
    throw new SignInError('not-allowed', 'neither ALLOWED_EMAILS nor ALLOWED_DOMAINS contains this account')
  return email
}

/** ASCII only: Unicode lower-cases the Kelvin sign to k, so a similar-looking address would match an allowed one. */
const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
