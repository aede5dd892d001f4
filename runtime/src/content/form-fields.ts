import { multipartParts } from '@whook/shared/multipart-parts'
import { limits } from '@whook/shared/limits'

/** Every value of each field of a form, by name. A Map, so `__proto__` is a name like any other. */
export type FormFields = ReadonlyMap<string, readonly string[]>

/**
 * The fields of a form or of multipart/form-data, without its files. undefined for another body, and for one of more than
 * `formFieldsMax` fields: no sender has them, and each costs memory.
 */
export function formFields(contentType: string, bytes: Buffer, text: () => string): FormFields | undefined {
  const type = contentType.trim()
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return hasManyFields(text()) ? undefined : grouped(formPairs(text()))
  }
  if (!/^multipart\/form-data\b/i.test(type)) return undefined
  const parts = multipartParts(type, bytes)
  return (
    parts &&
    grouped(
      parts.flatMap(({ name, filename, bytes: value }): [string, string][] =>
        name === null || filename !== null ? [] : [[name, Buffer.from(value).toString('utf8')]],
      ),
    )
  )
}

/**
 * The pairs of application/x-www-form-urlencoded (WHATWG URL, section 5.1). URLSearchParams gives the same, but takes 1 s
 * for 5 MiB of plus signs.
 */
export const formPairs = (text: string): [string, string][] =>
  text.split('&').flatMap((pair) => {
    if (pair === '') return []
    const at = pair.indexOf('=')
    return [at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]]
  })

const [plus, space, percent] = [0x2b, 0x20, 0x25]

/** Percent-encoded UTF-8, in place: what is decoded is never longer. A `%` without two digits stays. */
function decoded(text: string): string {
  if (!/[+%]/.test(text)) return text
  const bytes = Buffer.from(text)
  let end = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    const value = byte === percent ? (hexDigit(bytes[at + 1]) << 4) | hexDigit(bytes[at + 2]) : -1
    if (value >= 0) at += 2
    bytes[end++] = value >= 0 ? value : byte === plus ? space : byte
  }
  return bytes.toString('utf8', 0, end)
}

/** -1 when it is not a digit: it keeps all bits when it is shifted or joined. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function hasManyFields(text: string): boolean {
  let fields = 1
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    if (++fields > limits.formFieldsMax) return true
  }
  return false
}

/** The values of each name, in the order they came. */
export function grouped(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const list = lists.get(name)
    if (list) list.push(value)
    else lists.set(name, [value])
  }
  return lists
}
