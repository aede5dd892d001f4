import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commitsToCheck, faultsOf } from './commit-messages.mjs'
import { words } from './language/words.mjs'

describe('faultsOf', () => {
  const body = '\n\nA deleted webhook had no row, and the query failed.'

  it.each([
    'Return 404 for a deleted webhook',
    'Process batches in the order of their numbers',
    'Seed a running installation',
    'Bring the dashboard up to date',
    'Pass the timeout to the sandbox',
  ])('accepts "%s"', (subject) => {
    expect(faultsOf(subject + body, words)).toEqual([])
  })

  it.each([
    ['a lower-case subject', 'return 404', /starts with "return"/],
    ['an article', 'The webhook returns 404', /starts with "The"/],
    ['the past tense', 'Returned 404 for a deleted webhook', /starts with "Returned"/],
    ['a third person', 'Returns 404 for a deleted webhook', /starts with "Returns"/],
    ['a participle', 'Returning 404 for a deleted webhook', /starts with "Returning"/],
    ['a prefix', 'fix: return 404', /starts with "fix"/],
    ['a full stop', 'Return 404 for a deleted webhook.', /punctuation/],
    ['73 characters', `Return ${'4'.repeat(66)}`, /has 73 characters, at most 72/],
    ['a word of the list', 'Return 404 to whoever calls', /"whoever" is not plain English/],
  ])('refuses %s', (_, subject, fault) => {
    expect(faultsOf(subject + body, words)).toEqual([expect.stringMatching(fault)])
  })

  it.each([
    ['no body', 'Return 404', /body is missing/],
    ['no empty line', 'Return 404\nA deleted webhook\nhad no row', /second line is not empty/],
    ['a word of the list across two lines of the body', 'Return 404\n\nIt is\ngone', /"is gone"/],
  ])('refuses %s', (_, message, fault) => {
    expect(faultsOf(message, words)).toContainEqual(expect.stringMatching(fault))
  })
})

describe('commitsToCheck', () => {
  async function repository() {
    const folder = await mkdtemp(join(tmpdir(), 'whook-commits-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: folder,
        stdio: 'pipe',
      })
    git('init', '-q', '-b', 'main')
    let files = 0
    const commit = async (subject: string, file = `file-${files++}`) => {
      await writeFile(join(folder, file), subject)
      git('add', '.')
      git('commit', '-q', '-m', subject, '-m', 'Body')
    }
    const subjects = () =>
      commitsToCheck(folder, 'check').map(({ message }: { message: string }) => message.split('\n')[0])
    return { git, commit, subjects }
  }

  it('returns the commits after the one that added the check, without merges', async () => {
    const { git, commit, subjects } = await repository()
    await commit('Before')
    git('branch', 'parallel')
    await commit('Check', 'check')
    await commit('After')
    git('checkout', '-q', 'parallel')
    await commit('Beside')
    git('checkout', '-q', 'main')
    git('merge', '-q', 'parallel', '-m', 'Merge')
    await commit('Last')
    expect(subjects()).toEqual(['Last', 'After'])
  })

  it('leaves out the commits of origin/main', async () => {
    const { git, commit, subjects } = await repository()
    await commit('Check', 'check')
    await commit('Published')
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    await commit('Own')
    expect(subjects()).toEqual(['Own'])
  })

  it('returns none without a repository and without the check', async () => {
    const { commit, subjects } = await repository()
    await commit('Only')
    expect(subjects()).toEqual([])
    expect(commitsToCheck(tmpdir())).toEqual([])
  })
})
