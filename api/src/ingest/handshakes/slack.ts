import { echo, fieldsOf, type TakeHandshake } from './handshake.js'

/** https://docs.slack.dev/reference/events/url_verification: signed like every event. */
export const slackHandshake: TakeHandshake = (call, _, { verification }) => {
  if (verification !== 'verified' || !call.body.includes('"url_verification"')) return undefined
  const fields = fieldsOf(call)
  if (fields?.['type'] !== 'url_verification' || typeof fields['challenge'] !== 'string') return undefined
  return { answer: echo(fields['challenge']) }
}
