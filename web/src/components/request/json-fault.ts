/** Longer texts are not read again just for this: it would hold the page up. */
const charsMax = 200_000

/** Why a body that calls itself JSON is none, in words; undefined for any other. */
export function jsonFault(contentType: string | null, text: string): string | undefined {
  if (!/[/+]json\b/i.test(contentType ?? '')) return undefined
  if (text.length > charsMax) return 'Sent as JSON, but it is none.'
  try {
    JSON.parse(text.replace(/^\ufeff/, ''))
    return undefined
  } catch (fault) {
    return `Sent as JSON, but it is none: ${(fault as Error).message}.`
  }
}
