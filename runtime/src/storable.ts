const refused = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Nearly no text has any of these, and most of the text here is looked at for every attempt. */
const suspect = /[\0\ud800-\udfff]/

/** PostgreSQL's text and jsonb take neither NUL nor half a surrogate pair; both become U+FFFD. */
export const storableText = (text: string) => (suspect.test(text) ? text.replace(refused, '\ufffd') : text)

/** For what is told where it stands, before it is stored. */
export const isStorable = (text: string) => storableText(text) === text

export const unstorable = 'has U+0000 or half a surrogate pair, which cannot be stored'
