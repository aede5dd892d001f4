import { ApiError } from '@whook/shared'

/** Returns a keyset cursor, opaque to clients: the version, the name of the list, and the sort key of the last item. */
export function encodeCursor(list: string, key: readonly string[]): string {
  return Buffer.from(JSON.stringify(['1', list, ...key])).toString('base64url')
}

/** Returns the sort key of a cursor. Throws ApiError `cursor-invalid` (400) if the list did not issue the cursor. */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  shape: readonly RegExp[],
): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(parts)) throw new Error('not an array')
    const [version, name, ...key] = parts as unknown[]
    const fits = key.length === shape.length && shape.every((pattern, index) => isOf(pattern, key[index]))
    if (version !== '1' || name !== list || !fits) throw new Error('cursor of another list or version')
    return key as string[]
  } catch (error) {
    throw new ApiError('cursor-invalid', { cause: error })
  }
}

export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** SHA-256 in hex: the key of a session. */
export const hashPattern = /^[0-9a-f]{64}$/

const isOf = (pattern: RegExp, part: unknown) =>
  typeof part === 'string' && pattern.test(part) && (pattern !== timePattern || isTime(part))

/** Rejects dates such as 31 February, which PostgreSQL would answer with an internal error. */
function isTime(text: string): boolean {
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString() === text
}

/** Returns a page of at most `limit` items. Read one row more than `limit`: it shows that a next page exists. */
export function toPage<R, T>(rows: R[], limit: number, map: (row: R) => T, cursorOf: (row: R) => string) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(map), nextCursor: rows.length > limit && last ? cursorOf(last) : null }
}
