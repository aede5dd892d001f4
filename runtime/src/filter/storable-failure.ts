import type { FilterFailure } from '@whook/shared'
import { storableText } from '../storable.js'

/** Without what PostgreSQL refuses in jsonb: the values come from senders. */
export const storableFailure = ({ clause, path, found }: FilterFailure): FilterFailure => ({
  clause: storableText(clause),
  path: storableText(path),
  found: storableText(found),
})
