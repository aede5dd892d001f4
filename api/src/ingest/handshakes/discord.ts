import { fieldsOf, json, type TakeHandshake } from './handshake.js'

/**
 * https://discord.com/developers/docs/interactions/overview: PING of interactions (1) and of webhook events (0).
 * Discord also sends invalid signatures, and removes an endpoint that does not answer them with 401.
 */
export const discordHandshake: TakeHandshake = (call, _, { verification }) => {
  if (verification !== 'verified') {
    return { answer: { status: 401, contentType: 'text/plain', body: 'invalid request signature' } }
  }
  const type = fieldsOf(call)?.['type']
  if (type === 1) return { answer: json({ type: 1 }) }
  if (type === 0) return { answer: { status: 204, contentType: 'application/json', body: '' } }
  return undefined
}
