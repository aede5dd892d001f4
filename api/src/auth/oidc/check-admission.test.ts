import { describe, expect, it } from 'vitest'
import { checkAdmission } from './check-admission.js'

const keycloak = 'https://keycloak.example/realms/a'
const google = 'https://accounts.google.com'

const admits = (
  { email, hd, iss = keycloak }: { email: string; hd?: string; iss?: string },
  lists: { emails?: string[]; domains?: string[] },
) => {
  const claims = { iss, sub: '1', aud: 'a', nonce: 'n', email, email_verified: true, hd }
  try {
    return checkAdmission(claims, { allowedEmails: lists.emails ?? [], allowedDomains: lists.domains ?? [] })
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('checkAdmission', () => {
  it.each([
    {
      who: { email: 'ann@example.com' },
      lists: {},
      name: 'every user of the provider when no list is set',
    },
    {
      who: { email: 'Ann@Example.com' },
      lists: { emails: ['ann@example.com'] },
      name: 'a listed address in any case',
    },
    {
      who: { email: 'ann@example.com' },
      lists: { domains: ['example.com'] },
      name: 'an address of a listed domain',
    },
    {
      who: { email: 'bob@other.com' },
      lists: { emails: ['bob@other.com'], domains: ['example.com'] },
      name: 'a listed address outside the listed domain',
    },
    {
      who: { email: 'ann@example.com', hd: 'example.com', iss: google },
      lists: { domains: ['example.com'] },
      name: 'a member of the Google Workspace',
    },
  ])('accepts $name', ({ who, lists }) => {
    expect(admits(who, lists)).toBe(who.email)
  })

  it.each([
    { who: { email: 'bob@example.com' }, lists: { emails: ['ann@example.com'] }, name: 'another address' },
    { who: { email: 'ann@evil.com' }, lists: { domains: ['example.com'] }, name: 'another domain' },
    { who: { email: 'ann@sub.example.com' }, lists: { domains: ['example.com'] }, name: 'a subdomain' },
    {
      who: { email: 'ann@notexample.com' },
      lists: { domains: ['example.com'] },
      name: 'a domain with the same ending',
    },
    {
      who: { email: 'example.com@evil.com' },
      lists: { domains: ['example.com'] },
      name: 'a listed domain before the @',
    },
    { who: { email: 'x@example.com@evil.com' }, lists: { domains: ['example.com'] }, name: 'two @' },
    {
      who: { email: '\u212Aim@example.com' },
      lists: { emails: ['kim@example.com'] },
      name: 'a Kelvin sign for a k',
    },
    {
      who: { email: 'ann@example.com', iss: google },
      lists: { domains: ['example.com'] },
      name: 'a private Google account with an address of the domain',
    },
    {
      who: { email: 'ann@example.com', hd: 'evil.com', iss: 'accounts.google.com' },
      lists: { domains: ['example.com'] },
      name: 'a member of another Workspace',
    },
  ])('rejects $name', ({ who, lists }) => {
    expect(admits(who, lists)).toBe('not-allowed')
  })
})
