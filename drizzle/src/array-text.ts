/** JSON text never holds it as it is (RFC 7464, section 2). */
export const jsonSeparator = '\x1e'

/** A column of values as one parameter, in PostgreSQL's text form of an array (manual, "Array Input and Output Syntax"). */
export function arrayText(values: readonly (string | number | null)[]): string {
  let text = ''
  for (const value of values) {
    if (text !== '') text += ','
    text +=
      value === null ? 'null' : typeof value === 'number' ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
  }
  return `{${text}}`
}

/**
 * A column of JSON as one parameter, for `string_to_array(…, jsonSeparator, '')`: as an array every quote in it would be
 * escaped here and unescaped there. Nothing where there is null.
 */
export const jsonsText = (values: readonly unknown[]): string =>
  values
    .map((value) => (value === null || value === undefined ? '' : JSON.stringify(value)))
    .join(jsonSeparator)
