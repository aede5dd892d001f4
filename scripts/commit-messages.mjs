import { execFileSync } from 'node:child_process'
import { root } from './install.mjs'

/** This file: only commits after the one that added it are checked. */
const self = 'scripts/commit-messages.mjs'
const subjectCharsMax = 72

/** `npm run check:commits`: prints each commit of the branch whose message breaks a rule of CONTRIBUTING.md. */
export async function main() {
  const { words } = await import('./language/words.mjs')
  const commits = commitsToCheck(root)
  const wrong = commits.flatMap(({ hash, message }) =>
    faultsOf(message, words).map((fault) => `${hash.slice(0, 10)} ${message.split('\n')[0]}\n    ${fault}`),
  )
  for (const line of wrong) console.log(line)
  if (wrong.length > 0) throw new Error('Reword these commits: git rebase -i (CONTRIBUTING.md, "Language")')
  console.log(`${commits.length} commit messages checked`)
}

/**
 * Returns the commits of the current branch that are not on origin/main, without merges. Returns none outside of a
 * repository and in a shallow copy.
 */
export function commitsToCheck(cwd, addedFile = self) {
  const git = (...args) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  let range
  try {
    const start = git('log', '--diff-filter=A', '--format=%H', '--', addedFile).split('\n').at(-1)
    if (!start || git('rev-parse', '--is-shallow-repository') === 'true') return []
    range = [`${start}..HEAD`, `--ancestry-path=${start}`]
  } catch {
    // The source was copied without its history.
    return []
  }
  const published = git('for-each-ref', '--format=%(refname)', 'refs/remotes/origin/main')
  // Not a part of the range: a published commit that is excluded there ends the ancestry path.
  const own = published && new Set(git('rev-list', `${published}..HEAD`).split('\n'))
  return git('log', '--no-merges', '--format=%H%n%B%x00', ...range)
    .split('\0')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ hash: text.slice(0, 40), message: text.slice(41) }))
    .filter(({ hash }) => !own || own.has(hash))
}

/** Words that start a title or a statement, not an instruction. */
const noVerb =
  /^(a|an|the|this|that|these|those|it|its|we|i|you|they|there|who|what|which|whose|when|where|why|how|if|as|of|in|on|at|by|to|for|from|with|without|after|before|no|not|one|two|some|all|each|every|and|or|but|more|less|new|old|wip|fix-?up|squash)\b/i
/** Verbs that only look like a past tense, a participle or a third person. */
const plainVerbs =
  /^(embed|exceed|feed|need|proceed|seed|shed|speed|succeed|bring|ping|ring|string|focus|alias|bias|canvas)$/i

/** Returns the faults of a commit message as sentences. `words` are pairs of a pattern and its plain form. */
export function faultsOf(message, words = []) {
  const [subject = '', blank = '', ...rest] = message.split('\n')
  const body = rest.join('\n').trim()
  const verb = subject.split(/[\s:,]/)[0] ?? ''
  const faults = []
  if (subject.length > subjectCharsMax)
    faults.push(`The subject has ${subject.length} characters, at most ${subjectCharsMax} are allowed`)
  if (!/^[A-Z]/.test(subject) || noVerb.test(subject) || !isImperative(verb))
    faults.push(`The subject starts with "${verb}". Start with an imperative verb, such as "Return"`)
  if (/[.!]$/.test(subject)) faults.push('The subject ends with punctuation. Remove it')
  if (blank !== '') faults.push('The second line is not empty. Separate subject and body')
  if (body === '') faults.push('The body is missing. Say why the change is made')
  for (const [pattern, plain] of words) {
    const match = pattern.exec(subject) ?? pattern.exec(body.replace(/\s+/g, ' '))
    if (match) faults.push(`"${match[0].trim()}" is not plain English. Write: ${plain}`)
  }
  return faults
}

const isImperative = (verb) => plainVerbs.test(verb) || !/(ed|ing|[^s]s)$/i.test(verb)
