import { multipartParts } from '../../src/multipart-parts.js'
import { limits } from '../../src/limits.js'

/** Every value of each field of a form, by name. A Map, so `__proto__` is a name like any other. */
export type FormFields = ReadonlyMap<string, readonly string[]>

/**
 * The fields of a form or of multipart/form-data, without its files. undefined for another body, and for one of more than
 * `formFieldsMax` fields: no sender has them, and each costs memory.
 */
export function formFields(contentType: string, bytes: Buffer, text: () => string): FormFields | undefined {
  const type = contentType.trim()
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return hasManyFields(text()) ? undefined : grouped([...new URLSearchParams(text())])
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
