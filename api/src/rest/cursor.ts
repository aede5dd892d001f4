import { ApiError } from '@whook/shared'

/** Opaque to callers: the sort key of the last item, with the version and the list it belongs to. */
export function encodeCursor(list: string, key: readonly string[]): string {
  return Buffer.from(JSON.stringify(['1', list, ...key])).toString('base64url')
}

/** The key, or 400 for anything this list did not give out. */
export function decodeCursor(
  list: string,
  cursor: string | undefined,
  shape: readonly RegExp[],
): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(parts)) throw new Error('not a list')
    const [version, name, ...key] = parts as unknown[]
    const fits = key.length === shape.length && shape.every((pattern, index) => isOf(pattern, key[index]))
    if (version !== '1' || name !== list || !fits) throw new Error('another list')
    return key as string[]
  } catch (error) {
    throw new ApiError('cursor-invalid', { cause: error })
  }
}

export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** SHA-256, as sessions are known by. */
export const hashPattern = /^[0-9a-f]{64}$/

const isOf = (pattern: RegExp, part: unknown) =>
  typeof part === 'string' && pattern.test(part) && (pattern !== timePattern || isTime(part))

/** PostgreSQL refuses 31 February with an error of its own. */
function isTime(text: string): boolean {
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString() === text
}

/** Cuts one item too many off and makes the cursor of it: the list knows that there is more without counting. */
export function toPage<R, T>(rows: R[], limit: number, map: (row: R) => T, cursorOf: (row: R) => string) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(map), nextCursor: rows.length > limit && last ? cursorOf(last) : null }
}
