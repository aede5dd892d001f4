import { sameBytes } from '@whook/runtime/signatures/bytes'
import { echo, queryOf, type TakeHandshake } from './handshake.js'

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests */
export const metaHandshake: TakeHandshake = (call, { verifyToken }) => {
  if (call.method !== 'GET' || queryOf(call, 'hub.mode') !== 'subscribe') return undefined
  const failed = (verificationReason: string) =>
    ({ verified: { verification: 'failed', verificationReason } }) as const
  if (verifyToken === undefined) return failed('A handshake, not answered: no verify token is set')
  const given = queryOf(call, 'hub.verify_token') ?? ''
  if (!sameBytes(Buffer.from(given), Buffer.from(verifyToken))) {
    return failed('A handshake, not answered: its verify token is another')
  }
  const answer = echo(queryOf(call, 'hub.challenge'))
  if (!answer) return failed('A handshake, not answered: its challenge is not short printable text')
  const verificationReason = 'A handshake, answered: its verify token is the one set'
  return { answer, verified: { verification: 'verified', verificationReason } }
}
