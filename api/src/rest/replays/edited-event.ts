import { isUtf8 } from 'node:buffer'
import { bodyOf } from '@whook/drizzle/store/body-of'
import type { RequestEdit } from '@whook/shared'
import { unpackHeaders } from '@whook/shared/server/raw-headers'
import { eventName } from '../../ingest/event-name.js'

interface Original {
  headers: Buffer
  body: Buffer
  event: string | null
}

/** What an edited request is listed as: the event its headers and its body name now. */
export function editedEvent(original: Original, { headers, body }: RequestEdit): string | null {
  if (!headers && !body) return original.event
  const pairs = headers ?? unpackHeaders(original.headers)
  const bytes = body ? bodyOf(body) : original.body
  return eventName(pairs.flat(), isUtf8(bytes) ? bytes : undefined)
}
