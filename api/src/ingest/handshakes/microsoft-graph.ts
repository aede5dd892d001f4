import { echo, queryOf, unproven, type TakeHandshake } from './handshake.js'

/** https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation */
export const microsoftGraphHandshake: TakeHandshake = (call) => {
  if (call.method !== 'POST') return undefined
  const answer = echo(queryOf(call, 'validationToken'))
  return answer && { answer, verified: unproven('Microsoft does not sign handshakes') }
}
