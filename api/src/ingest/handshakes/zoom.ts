import { createHmac } from 'node:crypto'
import { fieldsOf, isToken, json, type TakeHandshake } from './handshake.js'

/**
 * https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint: signed, and repeated every 72 hours.
 */
export const zoomHandshake: TakeHandshake = (call, { secrets }, { verification }) => {
  if (verification !== 'verified' || !call.body.includes('"endpoint.url_validation"')) return undefined
  const fields = fieldsOf(call)
  const plainToken = (fields?.['payload'] as { plainToken?: unknown } | null | undefined)?.plainToken
  if (fields?.['event'] !== 'endpoint.url_validation' || !isToken(plainToken)) return undefined
  const encryptedToken = createHmac('sha256', secrets[0]!).update(plainToken).digest('hex')
  return { answer: json({ plainToken, encryptedToken }) }
}
