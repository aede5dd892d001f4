const refused = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** A quick test: very few texts have one of these characters, and this runs for every attempt. */
const suspect = /[\0\ud800-\udfff]/

/** Replaces NUL and lone surrogates, which PostgreSQL's text and jsonb refuse, with U+FFFD. */
export const storableText = (text: string) => (suspect.test(text) ? text.replace(refused, '\ufffd') : text)

/** For validation before a value is stored, where errors have a place. */
export const isStorable = (text: string) => storableText(text) === text

export const unstorable = 'has U+0000 or a lone surrogate, which cannot be stored'
