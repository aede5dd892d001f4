import { sameBytes } from '@whook/runtime/signatures/bytes'
import { firstHeader } from '../capture-request.js'
import { unproven, type TakeHandshake } from './handshake.js'

/**
 * https://developers.asana.com/docs/webhooks-guide#the-webhook-handshake: Asana chooses the secret and sends it in the
 * handshake. Without a configured secret every handshake is answered, otherwise only one with a configured secret.
 */
export const asanaHandshake: TakeHandshake = (call, { secrets }) => {
  const given = firstHeader(call.rawHeaders, 'x-hook-secret')
  if (given === null || !/^[\x21-\x7e]{1,512}$/.test(given)) return undefined
  const isKnown = secrets.some((secret) => sameBytes(Buffer.from(secret), Buffer.from(given)))
  if (secrets.length > 0 && !isKnown) {
    const verificationReason = 'Handshake not answered: X-Hook-Secret is not the configured secret'
    return { verified: { verification: 'failed', verificationReason } }
  }
  return {
    answer: { status: 200, contentType: 'text/plain', body: '', headers: { 'X-Hook-Secret': given } },
    verified: unproven(
      isKnown ? 'X-Hook-Secret is the configured secret' : 'Save the value of X-Hook-Secret as the secret',
    ),
  }
}
