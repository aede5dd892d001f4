import { multipartParts } from '@whook/shared/multipart-parts'
import { limits } from '@whook/shared/limits'

/** All values of each form field, by name. A Map, so that the name `__proto__` is safe. */
export type FormFields = ReadonlyMap<string, readonly string[]>

/**
 * Returns the fields of a form or of multipart/form-data, without files. Returns undefined for other bodies, and for more
 * than `formFieldsMax` fields: no real sender has so many, and each costs memory.
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
 * Returns the pairs of application/x-www-form-urlencoded (WHATWG URL, section 5.1). URLSearchParams has the same result,
 * but takes 1 s for 5 MiB of plus signs.
 */
export const formPairs = (text: string): [string, string][] =>
  text.split('&').flatMap((pair) => {
    if (pair === '') return []
    const at = pair.indexOf('=')
    return [at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]]
  })

const [plus, space, percent] = [0x2b, 0x20, 0x25]

/** Decodes percent-encoded UTF-8 in place: the result is never longer. A `%` without two hex digits stays. */
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

/** Returns the value of a hex digit, or -1: all bits stay set after a shift or an OR. */
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

/** Groups values by name, in their original order. */
export function grouped(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const list = lists.get(name)
    if (list) list.push(value)
    else lists.set(name, [value])
  }
  return lists
}
