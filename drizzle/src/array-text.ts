/** JSON text never contains this character unescaped (RFC 7464, section 2). */
export const jsonSeparator = '\x1e'

/**
 * Returns a column of values as one parameter: an array in PostgreSQL's text form (manual, "Array Input and Output
 * Syntax").
 */
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
 * Returns a column of JSON values as one parameter, for `string_to_array(…, jsonSeparator, '')`. In an array every
 * quote would be escaped here and unescaped by PostgreSQL. null becomes an empty string.
 */
export const jsonsText = (values: readonly unknown[]): string =>
  values
    .map((value) => (value === null || value === undefined ? '' : JSON.stringify(value)))
    .join(jsonSeparator)
