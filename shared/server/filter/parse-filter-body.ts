/** A JSON string cannot begin with this unescaped, and nobody's payload does: it marks an integer kept whole. */
const bigMark = '\u0000whook-integer:'

/** Integers a double cannot hold (ids of Discord, Twitter and the like) are compared digit by digit. */
export const isBigInteger = (value: unknown): value is BigInteger =>
  typeof value === 'string' && value.startsWith(bigMark)

export const bigIntegerDigits = (value: BigInteger) => value.slice(bigMark.length)

type BigInteger = string & { readonly marked: never }

/**
 * The body as a value: JSON whatever its content type says, form fields when it says so, else undefined. Never throws.
 * JSON.parse makes `__proto__` an own key; nothing here is ever merged.
 */
export function parseFilterBody(text: string, contentType: string): unknown {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType.trim())) return formFields(text)
  try {
    return JSON.parse(keepBigIntegers(text))
  } catch {
    // Not JSON: paths into it find nothing, which the filter's result then says.
    return undefined
  }
}

/** One value, or a list when a field repeats; without a prototype, so `__proto__` is a name like any other. */
function formFields(text: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields[name]
    fields[name] = before === undefined ? value : [...[before].flat(), value]
  }
  return fields
}

/** A string, or a number: whichever begins first, so digits inside strings are left alone. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

function keepBigIntegers(text: string): string {
  if (!/\d{16}/.test(text)) return text
  const marked = JSON.stringify(bigMark).slice(0, -1)
  return text.replace(stringOrNumber, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `${marked}${token}"` : token,
  )
}
