import { sameBytes } from '@whook/runtime/signatures/bytes'
import { firstHeader } from '../capture-request.js'
import { unproven, type TakeHandshake } from './handshake.js'

/**
 * https://developers.asana.com/docs/webhooks-guide#the-webhook-handshake: the secret is Asana's to choose and comes with
 * the handshake. While none is set whoever asks is answered; afterwards only who names one that is.
 */
export const asanaHandshake: TakeHandshake = (call, { secrets }) => {
  const given = firstHeader(call.rawHeaders, 'x-hook-secret')
  if (given === null || !/^[\x21-\x7e]{1,512}$/.test(given)) return undefined
  const isKnown = secrets.some((secret) => sameBytes(Buffer.from(secret), Buffer.from(given)))
  if (secrets.length > 0 && !isKnown) {
    const verificationReason = 'A handshake, not answered: its X-Hook-Secret is not the secret set'
    return { verified: { verification: 'failed', verificationReason } }
  }
  return {
    answer: { status: 200, contentType: 'text/plain', body: '', headers: { 'X-Hook-Secret': given } },
    verified: unproven(isKnown ? 'The secret is the one set' : 'Set its X-Hook-Secret as the secret'),
  }
}
