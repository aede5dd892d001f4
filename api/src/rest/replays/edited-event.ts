import { isUtf8 } from 'node:buffer'
import { bodyOf } from '@whook/drizzle/queries/request/body-of'
import type { RequestEdit } from '@whook/shared'
import { headerValueToWire, unpackHeaders } from '@whook/runtime/raw-headers'
import { eventName } from '../../ingest/event-name.js'

interface OriginalRequest {
  headers: Buffer
  body: Buffer
  event: string | null
}

/** Returns the event name of an edited request, from its edited headers and body. */
export function editedEvent(original: OriginalRequest, { headers, body }: RequestEdit): string | null {
  if (!headers && !body) return original.event
  const edited = headers?.map(([name, value]): [string, string] => [name, headerValueToWire(value)])
  const pairs = edited ?? unpackHeaders(original.headers)
  const bytes = body ? bodyOf(body) : original.body
  return eventName({
    rawHeaders: pairs.flat(),
    text: isUtf8(bytes) ? bytes.toString('utf8') : undefined,
    contentType: pairs.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null,
  })
}
