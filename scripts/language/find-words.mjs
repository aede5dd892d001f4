import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exceptions } from './exceptions.mjs'
import { findProse } from './find-prose.mjs'
import { words } from './words.mjs'

/**
 * Returns the uses of the listed words in the prose of these files, without the exceptions. `unused` are the exceptions
 * for these files that match no use.
 * @param {string} root
 * @param {string[]} files
 */
export function findWords(root, files, allowed = exceptions) {
  const used = new Set()
  const isAllowed = (file, text) => {
    const exception = allowed.find((one) => one.file === file && text.includes(one.text))
    if (exception) used.add(exception)
    return exception !== undefined
  }
  const found = files.flatMap((file) =>
    findProse(file, readFileSync(join(root, file), 'utf8')).flatMap(({ line, kind, text }) =>
      wordsIn(text)
        .filter(() => !isAllowed(file, text))
        .map(({ word, plain }) => ({ file, line, kind, text, word, plain })),
    ),
  )
  return { found, unused: allowed.filter((one) => files.includes(one.file) && !used.has(one)) }
}

/** Returns the listed words of a sentence, each with its plain form. */
export const wordsIn = (text) =>
  words.flatMap(([pattern, plain]) => {
    const match = pattern.exec(text)
    return match ? [{ word: match[0].trim(), plain }] : []
  })
