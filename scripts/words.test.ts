import { describe, expect, it } from 'vitest'
import { root } from './install.mjs'
import { exceptions } from './language/exceptions.mjs'
import { findWords } from './language/find-words.mjs'
import { proseFiles } from './words.mjs'

interface WordException {
  file: string
  text: string
  reason: string
}

describe('the prose of this repository', () => {
  const { found, unused } = findWords(root, proseFiles())

  it('uses only plain English', () => {
    expect(found.map(({ file, line, word, plain }) => `${file}:${line} "${word}" -> ${plain}`)).toEqual([])
  })

  it('needs each exception, and each names its reason', () => {
    expect(unused).toEqual([])
    expect((exceptions as WordException[]).filter(({ reason }) => reason.length < 10)).toEqual([])
  })
})
