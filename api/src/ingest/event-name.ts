/** Headers in which providers name the event, most telling first. */
const eventHeaders = new Set([
  'x-github-event',
  'x-gitlab-event',
  'x-shopify-topic',
  'x-amz-sns-message-type',
  'x-event-key',
  'x-event-type',
  'x-event-name',
  'x-webhook-event',
  'linear-event',
  'x-gitea-event',
])
const eventCharsMax = 100
/** Only the head of a body is looked at: a name stands early or not at all. */
const scanBytesMax = 2048
const topLevelType =
  /^\s*\{(?:[^{}[\]]*?,)?\s*"(?:type|event|event_type|eventType|action|topic)"\s*:\s*"([^"\\]{1,100})"/

/** The event's name for the list, when a header or an early top-level field tells it. Never parses the body. */
export function eventName(rawHeaders: readonly string[], textBody: Buffer | undefined): string | null {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length >= 11 && eventHeaders.has(name.toLowerCase())) return clean(rawHeaders[i + 1]!)
  }
  if (!textBody || textBody[0] !== 0x7b) return null
  const head = textBody.toString('utf8', 0, Math.min(textBody.length, scanBytesMax))
  const match = topLevelType.exec(head)
  return match ? clean(match[1]!) : null
}

/** PostgreSQL's text refuses NUL, people are not helped by control characters. */
// eslint-disable-next-line no-control-regex -- control characters are what it removes
const clean = (name: string) => name.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, eventCharsMax) || null
