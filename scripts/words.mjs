import { execFileSync } from 'node:child_process'
import { root } from './install.mjs'

/** `npm run words [folder...]`: prints each sentence that matches scripts/language/words.mjs, without the exceptions. */
export async function main(folders) {
  const { findWords } = await import('./language/find-words.mjs')
  const { found } = findWords(root, proseFiles(folders))
  for (const { file, line, kind, text, word, plain } of found) {
    console.log(`${file}:${line} [${kind}] "${word}" -> ${plain}\n    ${text.slice(0, 160)}`)
  }
  console.log(`${found.length} found`)
  if (found.length > 0) process.exitCode = 1
}

/** Returns the tracked files that contain prose. Migrations are left out: they never change. */
export const proseFiles = (folders = []) =>
  execFileSync('git', ['ls-files', ...folders], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) => /\.(ts|mjs|js|vue|md|sql|ya?ml)$|^\.env\.example$/.test(file))
    .filter((file) => !/^drizzle\/migrations\/|^pnpm-lock|^scripts\/language\//.test(file))
