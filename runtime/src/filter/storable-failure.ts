import type { FilterFailure } from '@whook/shared'
import { storableText } from '../storable.js'

/** Replaces characters that PostgreSQL refuses in jsonb: senders choose the values. */
export const storableFailure = ({ clause, path, found }: FilterFailure): FilterFailure => ({
  clause: storableText(clause),
  path: storableText(path),
  found: storableText(found),
})
