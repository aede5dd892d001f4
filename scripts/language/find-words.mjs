import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProse } from './find-prose.mjs'
import { words } from './words.mjs'

/** Uses of the listed words in the prose of these files, as `file:line [kind] text  <- word: plain form`. */
export function findWords(root, files) {
  return files.flatMap((file) =>
    findProse(file, readFileSync(join(root, file), 'utf8')).flatMap(({ line, kind, text }) =>
      words.flatMap(([pattern, plain]) => {
        const match = pattern.exec(text)
        return match ? [{ file, line, kind, text, word: match[0].trim(), plain }] : []
      }),
    ),
  )
}
