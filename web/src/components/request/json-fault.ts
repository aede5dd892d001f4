/** Longer texts are not parsed again for the place of the error: that would block the page. */
const charsMax = 200_000

/** Returns why a body with a JSON content type is not valid JSON; undefined otherwise. Expects an invalid text. */
export function jsonFault(contentType: string | null, text: string): string | undefined {
  if (!/[/+]json\b/i.test(contentType ?? '')) return undefined
  if (text.length > charsMax) return 'The content type is JSON, but the body is not.'
  try {
    JSON.parse(text.replace(/^\ufeff/, ''))
    return undefined
  } catch (fault) {
    return `The content type is JSON, but the body is not: ${(fault as Error).message}.`
  }
}
