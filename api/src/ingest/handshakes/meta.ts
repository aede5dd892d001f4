import { sameBytes } from '@whook/runtime/signatures/bytes'
import { echo, queryOf, type TakeHandshake } from './handshake.js'

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests */
export const metaHandshake: TakeHandshake = (call, { verifyToken }) => {
  if (call.method !== 'GET' || queryOf(call, 'hub.mode') !== 'subscribe') return undefined
  const failed = (verificationReason: string) =>
    ({ verified: { verification: 'failed', verificationReason } }) as const
  if (verifyToken === undefined) return failed('Handshake not answered: no verify token is set')
  const given = queryOf(call, 'hub.verify_token') ?? ''
  if (!sameBytes(Buffer.from(given), Buffer.from(verifyToken))) {
    return failed('Handshake not answered: the verify token does not match')
  }
  const answer = echo(queryOf(call, 'hub.challenge'))
  if (!answer) return failed('Handshake not answered: the challenge is not short printable text')
  const verificationReason = 'Handshake answered: the verify token matches'
  return { answer, verified: { verification: 'verified', verificationReason } }
}
