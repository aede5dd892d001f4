import { createHmac } from 'node:crypto'
import { isToken, json, queryOf, unproven, type TakeHandshake } from './handshake.js'

/** https://docs.x.com/x-api/webhooks/introduction: the challenge-response check, repeated every hour. */
export const xHandshake: TakeHandshake = (call, { secrets }) => {
  const token = call.method === 'GET' ? queryOf(call, 'crc_token') : null
  if (!isToken(token)) return undefined
  const response = createHmac('sha256', secrets[0]!).update(token).digest('base64')
  return {
    answer: json({ response_token: `sha256=${response}` }),
    verified: unproven('X does not sign handshakes'),
  }
}
