/** PostgreSQL's text and jsonb take neither NUL nor half a surrogate pair: told where it stands, before it is stored. */
export const isStorable = (text: string) =>
  !/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)

export const unstorable = 'has U+0000 or half a surrogate pair, which cannot be stored'
