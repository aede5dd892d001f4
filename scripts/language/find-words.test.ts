import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findProse } from './find-prose.mjs'
import { findWords, wordsIn } from './find-words.mjs'
import { words } from './words.mjs'

describe('findProse', () => {
  const proseOf = (file: string, source: string) =>
    findProse(file, source).map(({ line, kind, text }) => `${line} ${kind}: ${text}`)

  it('returns comments, test titles and texts of a script with their lines', () => {
    const source = [
      '/** Returns `code` of the call. */',
      'const a = 1 // trailing note',
      "it('returns 404 when deleted', () => {})",
      "it.each([1])('returns the value of %s', () => {})",
      "throw new Error('not found here')",
    ].join('\n')
    expect(proseOf('a.ts', source)).toEqual([
      '1 comment: Returns `code` of the call.',
      '2 comment: trailing note',
      '3 title: returns 404 when deleted',
      '4 title: returns the value of %s',
      '5 text: not found here',
    ])
  })

  it('leaves out SQL, single words and lists of classes', () => {
    const source =
      "sql`select a from b`\nconst a = 'word'\nconst b = 'flex px-2 rounded'\nconst c = `with a as (select)`"
    expect(proseOf('a.ts', source)).toEqual([])
  })

  it('returns the texts, attributes, comments and script of a Vue file', () => {
    const source = [
      '<script setup lang="ts">',
      '// Loads the list.',
      '</script>',
      '<template>',
      '  <UiButton label="Save it">{{ count }} requests</UiButton>',
      '  <!-- Only on phones. -->',
      '</template>',
    ].join('\n')
    expect(proseOf('a.vue', source).sort()).toEqual([
      '2 comment: Loads the list.',
      '5 text: Save it',
      '5 text: … requests',
      '6 comment: Only on phones.',
    ])
  })

  it('leaves out code of Markdown and statements of SQL', () => {
    expect(proseOf('a.md', 'Run `npm start`.\n```\nwhoever\n```\nDone.')).toEqual([
      '1 text: Run `code`.',
      '5 text: Done.',
    ])
    expect(proseOf('a.sql', 'select 1; -- One row.\nselect 2')).toEqual(['1 comment:  One row.'])
  })

  it('returns the comments of YAML and of .env.example', () => {
    expect(proseOf('a.yml', '# The ports.\nports: [1]')).toEqual(['1 comment: # The ports.'])
    expect(proseOf('.env.example', 'A=1\n# Unset: none.')).toEqual(['2 comment: # Unset: none.'])
  })
})

describe('wordsIn', () => {
  it.each([
    ['Whoever calls first', 'Whoever'],
    ['The worker is told about it', 'told'],
    ['The row is gone', 'is gone'],
    ['A pause is no failure', 'is no'],
    ['Sent at once', 'at once'],
    ['A try that failed', 'A try'],
    ['What the worker claims', 'What'],
  ])('finds the word of "%s"', (text, word) => {
    expect(wordsIn(text).map(({ word }) => word)).toContain(word)
  })

  it.each([
    'The webhook is no longer active',
    'The worker tries to connect',
    'What happens after a 503?',
    'The worker claims due deliveries',
  ])('finds none in "%s"', (text) => {
    expect(wordsIn(text)).toEqual([])
  })

  it('has a plain form for each word', () => {
    expect(words.filter(([, plain]) => plain.length < 3)).toEqual([])
  })
})

describe('findWords', () => {
  it('leaves out the exceptions and returns those that match nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'whook-words-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'a.ts'), '// Whoever calls.\n// The row is gone.\n')
    const allowed = [
      { file: 'a.ts', text: 'row is gone', reason: 'a quotation of the protocol' },
      { file: 'a.ts', text: 'not there', reason: 'a quotation of the protocol' },
      { file: 'b.ts', text: 'other file', reason: 'a quotation of the protocol' },
    ]
    const { found, unused } = findWords(folder, ['a.ts'], allowed)
    expect(found).toMatchObject([{ file: 'a.ts', line: 1, word: 'Whoever' }])
    expect(unused).toEqual([allowed[1]])
  })
})
