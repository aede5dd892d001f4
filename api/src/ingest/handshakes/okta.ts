import { firstHeader } from '../capture-request.js'
import { echo, json, unproven, type TakeHandshake } from './handshake.js'

/** https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request */
export const oktaHandshake: TakeHandshake = (call, _, verified) => {
  if (call.method !== 'GET') return undefined
  const challenge = echo(firstHeader(call.rawHeaders, 'x-okta-verification-challenge'))
  if (!challenge) return undefined
  return {
    answer: json({ verification: challenge.body }),
    verified:
      verified.verification === 'verified' ? verified : unproven('The request did not contain the secret'),
  }
}
