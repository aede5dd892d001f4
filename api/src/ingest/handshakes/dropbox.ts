import { echo, queryOf, unproven, type TakeHandshake } from './handshake.js'

/** https://www.dropbox.com/developers/reference/webhooks#documentation */
export const dropboxHandshake: TakeHandshake = (call) => {
  if (call.method !== 'GET') return undefined
  const answer = echo(queryOf(call, 'challenge'))
  return answer && { answer, verified: unproven('Dropbox does not sign handshakes') }
}
